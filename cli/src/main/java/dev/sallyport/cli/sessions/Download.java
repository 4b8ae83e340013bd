package dev.sallyport.cli.sessions;

import dev.sallyport.cli.output.Progress;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Reason;
import dev.sallyport.cli.run.Run;
import dev.sallyport.core.recording.export.Asciicast;
import dev.sallyport.core.recording.export.JsonLines;
import dev.sallyport.core.recording.export.PlainText;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Keeps a recording in a file.
@Command(
        name = "download",
        header = "Keep a recording in a file.",
        description = {
            "bundle     all of it, with what vouches for it and the key to open it, in a zip; for  verify",
            "asciicast  for asciinema and its players",
            "jsonl      a line of JSON for each event, nothing left out",
            "text       what was shown, to read and search"
        },
        footer = {
            "",
            "Examples:",
            "  sally sessions download ses_… -o evidence.zip",
            "  sally sessions download ses_… --format asciicast -o - | asciinema play -"
        })
public final class Download extends Action {

    /// What a recording is kept as.
    enum Kind {
        bundle(".zip"),
        asciicast(".cast"),
        jsonl(".jsonl"),
        text(".txt");

        private final String ending;

        Kind(String ending) {
            this.ending = ending;
        }
    }

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file; - is stdout. Default: the session's id with an ending.")
    private @Nullable String output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "bundle",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Kind kind = Kind.bundle;

    @Option(names = "--input", description = "asciicast: with what was typed.")
    private boolean input;

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    public Download(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        var id = OpenRecording.sessionId(session).value();
        if ("-".equals(output)) {
            if (kind == Kind.bundle && run.surroundings().outIsTerminal()) {
                throw Failure.usage("a bundle is nothing for a terminal: say -o FILE.");
            }
            return written(id, run.out());
        }
        var file = run.surroundings().folder().resolve(output == null ? id + kind.ending : output);
        if (Files.exists(file) && !force) {
            throw Failure.failed(file + " exists already; --force replaces it.");
        }
        return kept(id, file);
    }

    /// Whole or not at all, and only for its owner's eyes.
    private int kept(String id, Path file) throws Exception {
        Path beside;
        try {
            var folder = file.toAbsolutePath().getParent();
            beside = Files.createTempFile(folder == null ? run.surroundings().folder() : folder, ".sally", ".part");
        } catch (IOException e) {
            throw Failure.failed(file + " cannot be written: " + Reason.of(e) + ".");
        }
        try {
            int code;
            try (var out = new BufferedOutputStream(Files.newOutputStream(beside), 65_536)) {
                code = written(id, out);
            }
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
            run.say("wrote " + file + ".");
            return code;
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private int written(String id, OutputStream out) throws Exception {
        try (var progress = new Progress(run.surroundings());
                var recording = OpenRecording.of(run, id, progress)) {
            if (kind == Kind.bundle) {
                Bundle.write(run, recording, client().session(id), out);
                out.flush();
                return ExitCode.OK;
            }
            var text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 65_536);
            switch (kind) {
                case asciicast -> Asciicast.write(recording, text, title(id), input);
                case jsonl -> JsonLines.write(recording, text);
                case text, bundle -> PlainText.write(recording, text);
            }
            text.flush();
            Ended.say(run, recording);
            return ExitCode.OK;
        }
    }

    private String title(String id) throws Exception {
        var shown = client().session(id);
        return shown.connectionName() + ", " + shown.email() + ", " + id;
    }
}
