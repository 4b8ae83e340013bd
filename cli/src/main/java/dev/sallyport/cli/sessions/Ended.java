package dev.sallyport.cli.sessions;

import dev.sallyport.cli.run.Run;
import dev.sallyport.core.recording.RecordingHead;
import dev.sallyport.core.recording.RecordingLevel;

/// What has to be said where what is stored of a recording ends.
final class Ended {

    private Ended() {}

    static void say(Run run, OpenRecording recording) {
        switch (recording.state()) {
            case COMPLETE -> {
                // as it should be
            }
            case LIVE ->
                run.say(
                        recording.sessionEnded()
                                ? "the end of the recording is still on its way; this is what is stored by now."
                                : "the session goes on; this is what is stored by now.  sally sessions follow "
                                        + recording.session() + "  shows the rest.");
            case INCOMPLETE ->
                run.say("the recording is incomplete: the edge was lost before it was sealed. When an edge or the"
                        + " agent comes back with the rest, it becomes recovered.");
            case RECOVERED ->
                run.say("the recording is recovered: its end comes from the lost edge's spool or the agent.");
        }
        if (recording.reader().head().map(RecordingHead::level).orElse(RecordingLevel.FULL) != RecordingLevel.FULL) {
            run.say("it was recorded without the bytes that passed;  sally sessions show " + recording.session()
                    + "  tells what it holds.");
        }
    }
}
