package dev.sallyport.cli.sessions;

import dev.sallyport.cli.output.Moment;
import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Failure;
import dev.sallyport.cli.run.Run;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Plays a recording.
@Command(
        name = "replay",
        header = "Play a session's recording.",
        description = {
            "On a terminal it plays as it happened, without what would make your terminal act by itself.",
            "Into a file or pipe it writes exactly the bytes that were recorded, at once:",
            "stdout to stdout, stderr (with our messages) to stderr."
        },
        footer = {
            "",
            "Examples:",
            "  sally sessions replay ses_… --speed 4 --idle-limit 1s",
            "  sally sessions replay ses_… --no-wait > shown.txt"
        })
public final class Replay extends Action {

    /// Longest and shortest factor of speed.
    private static final double FASTEST = 1_000;

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--speed", paramLabel = "FACTOR", description = "Play so many times as fast, from 0.01 to 1000.")
    private @Nullable Double speed;

    @Option(
            names = "--idle-limit",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "Make no pause longer than this. Default: ${DEFAULT-VALUE}.")
    private String idleLimit = "";

    @Option(names = "--no-wait", description = "Write everything at once.")
    private boolean noWait;

    @Option(names = "--raw", description = "Keep nothing back from a terminal. Only for targets that you trust.")
    private boolean raw;

    public Replay(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        boolean paced = !noWait && (run.surroundings().outIsTerminal() || speed != null);
        var pace = paced ? pace() : Player.Pace.AT_ONCE;
        try (var recording = OpenRecording.of(run, session)) {
            return play(recording, pace);
        }
    }

    private int play(OpenRecording recording, Player.Pace pace) throws Exception {
        try (var player = new Player(run, raw, pace)) {
            for (var event = recording.next(); event.isPresent(); event = recording.next()) {
                if (!player.show(event.get())) {
                    return ExitCode.FAILED;
                }
            }
        }
        Ended.say(run, recording);
        return ExitCode.OK;
    }

    private Player.Pace pace() throws Failure {
        double factor = speed == null ? 1 : speed;
        if (!(factor >= 1 / 100.0 && factor <= FASTEST)) {
            throw Failure.usage("--speed takes a factor from 0.01 to 1000.");
        }
        var longest = Moment.length(idleLimit);
        return Player.Pace.recorded(factor, longest.isZero() ? Duration.ofDays(1) : longest);
    }
}
