package dev.sallyport.cli.sessions;

import dev.sallyport.cli.run.Action;
import dev.sallyport.cli.run.ExitCode;
import dev.sallyport.cli.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Watches a live session.
@Command(
        name = "follow",
        header = "Watch a live session: what was shown by now, and then what is shown, until it ends.",
        description = "It lags by up to 3 seconds. Ctrl-C stops watching; the session goes on.")
public final class Follow extends Action {

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--raw", description = "Keep nothing back from a terminal. Only for targets that you trust.")
    private boolean raw;

    public Follow(Run run) {
        super(run);
    }

    @Override
    public Integer call() throws Exception {
        try (var recording = OpenRecording.of(run, session)) {
            return play(recording);
        }
    }

    private int play(OpenRecording recording) throws Exception {
        try (var player = new Player(run, raw, Player.Pace.AT_ONCE)) {
            for (var event = recording.await(); event.isPresent(); event = recording.await()) {
                if (!player.show(event.get())) {
                    return ExitCode.FAILED;
                }
            }
        }
        Ended.say(run, recording);
        var ended = client().session(session);
        var sentence = ended.sentence();
        if (sentence != null) {
            run.say("the session ended: " + sentence + ".");
        }
        return ExitCode.OK;
    }
}
