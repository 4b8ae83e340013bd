package dev.sallyport.tests.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/// The JDK's flight recorder in a part of an instance, from outside: what its threads did while something ran.
public final class FlightRecorder {

    private static final String NAME = "bed";

    private final Instance part;

    private FlightRecorder(Instance part) {
        this.part = part;
    }

    /// Starts to record events of these kinds, however short they are.
    public static FlightRecorder start(Instance part, String... kinds) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("JFR.start", "name=" + NAME, "settings=none"));
        for (var kind : kinds) {
            words.add("+" + kind + "#enabled=true");
            words.add("+" + kind + "#threshold=0ms");
        }
        var _ = jcmd(part, words);
        return new FlightRecorder(part);
    }

    /// Stops, and returns what was recorded.
    public List<RecordedEvent> stop() throws IOException, InterruptedException {
        var file = Files.createTempFile("sallyport", ".jfr");
        try {
            var _ = jcmd(part, List.of("JFR.stop", "name=" + NAME, "filename=" + file));
            return RecordingFile.readAllEvents(file);
        } finally {
            Files.delete(file);
        }
    }

    /// Bytes of the objects that live in a part after a collection.
    public static long liveBytes(Instance part) throws IOException, InterruptedException {
        var total = jcmd(part, List.of("GC.class_histogram"))
                .lines()
                .filter(line -> line.startsWith("Total "))
                .findFirst()
                .orElseThrow(() -> new IOException("no histogram"));
        return Long.parseLong(total.strip().split("\\s+", -1)[2]);
    }

    private static String jcmd(Instance part, List<String> words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(part.process().pid())));
        command.addAll(words);
        var ran = Run.of(command).now();
        if (ran.status() != 0 || ran.out().contains("Warning!")) {
            throw new IOException("jcmd " + String.join(" ", words) + ": " + ran);
        }
        return ran.out();
    }
}
