package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/// What the JDK's flight recorder saw in the JVMs of an instance while something ran: processor time by kind of
/// work, and the store's calls.
final class Account {

    /// Kinds of work, in the order in which a frame is tried; the innermost frame of a sample that is of one
    /// decides.
    private static final List<Kind> KINDS = List.of(
            new Kind("system calls: sockets, files, ptys", "sun.nio.ch.", "java.io.", "java.net.", "sun.net."),
            new Kind(
                    "encryption: SSH and TLS",
                    "javax.crypto.",
                    "com.sun.crypto.",
                    "sun.security.",
                    "java.security.",
                    "org.bouncycastle."),
            new Kind("recording", "java.util.zip.", "dev.sallyport.core.recording.", "dev.sallyport.edge.recorder."),
            new Kind("HTTP/2 and gRPC", "io.grpc.", "io.netty.", "com.google.protobuf.", "io.perfmark."),
            new Kind("SSH protocol", "org.apache.sshd."),
            new Kind("store client", "software.amazon.", "dev.sallyport.store.", "org.apache.http."),
            new Kind("store server", "com.amazonaws.", "com.almworks.", "org.eclipse.jetty.", "org.sqlite."),
            new Kind("our relay, link and targets", "dev.sallyport."),
            new Kind("virtual threads' scheduling", "java.lang.VirtualThread", "java.util.concurrent."));

    private static final String OTHER = "other";
    private static final String CPU = "jdk.CPUTimeSample";
    private static final String STORE = "sallyport.StoreCall";

    private record Kind(String name, String... prefixes) {

        boolean holds(RecordedFrame frame) {
            var type = frame.getMethod().getType().getName();
            for (var prefix : prefixes) {
                if (type.startsWith(prefix)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// Processor time of one JVM by kind of work, most first.
    record Processor(String part, Duration all, Map<String, Duration> kinds) {}

    /// The calls of one kind that a JVM made to the store.
    record Calls(String what, int count, double medianMillis) {}

    private final Path folder;
    private final Map<String, Instance> parts;

    /// @param parts the JVMs, by name
    Account(Map<String, Instance> parts) throws IOException {
        this.folder = Files.createTempDirectory("sallyport-account");
        this.parts = new LinkedHashMap<>(parts);
    }

    /// Runs `work` while all parts are recorded.
    void during(Work work) throws IOException, InterruptedException {
        for (var part : parts.values()) {
            jcmd(
                    part,
                    "JFR.start",
                    "name=bench",
                    "settings=none",
                    "+" + CPU + "#enabled=true",
                    "+" + CPU + "#throttle=5ms",
                    "+" + STORE + "#enabled=true");
        }
        try {
            work.run();
        } finally {
            for (var part : parts.entrySet()) {
                jcmd(part.getValue(), "JFR.stop", "name=bench", "filename=" + file(part.getKey()));
            }
        }
    }

    /// What is to be recorded.
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    /// Processor time of every part in the last recording.
    List<Processor> processors() throws IOException {
        var processors = new ArrayList<Processor>();
        for (var part : parts.keySet()) {
            var kinds = new TreeMap<String, Duration>();
            var all = Duration.ZERO;
            for (var event : RecordingFile.readAllEvents(file(part))) {
                if (event.getEventType().getName().equals(CPU)) {
                    var time = event.getDuration("samplingPeriod");
                    kinds.merge(kind(event), time, Duration::plus);
                    all = all.plus(time);
                }
            }
            processors.add(new Processor(part, all, mostFirst(kinds)));
        }
        return processors;
    }

    /// The store's calls that `part` made in the last recording, by what they are, without those made fewer
    /// than `fewest` times.
    List<Calls> calls(String part, int fewest) throws IOException {
        var samples = new TreeMap<String, Samples>();
        for (var event : RecordingFile.readAllEvents(file(part))) {
            if (event.getEventType().getName().equals(STORE)) {
                samples.computeIfAbsent(event.getString("what"), what -> new Samples())
                        .add(event.getDuration().toNanos() / 1e6);
            }
        }
        return samples.entrySet().stream()
                .filter(entry -> entry.getValue().count() >= fewest)
                .map(entry -> new Calls(
                        entry.getKey(),
                        entry.getValue().count(),
                        entry.getValue().median()))
                .toList();
    }

    /// Milliseconds that each admission in the last recording waited for the store: its batch read, and the
    /// transaction that the same thread wrote next. These two calls, one after the other, are all that an
    /// admission makes.
    Samples admissions(String part) throws IOException {
        var threads = new TreeMap<Long, List<RecordedEvent>>();
        for (var event : RecordingFile.readAllEvents(file(part))) {
            if (event.getEventType().getName().equals(STORE)) {
                threads.computeIfAbsent(event.getThread().getJavaThreadId(), thread -> new ArrayList<>())
                        .add(event);
            }
        }
        var samples = new Samples();
        for (var calls : threads.values()) {
            calls.sort(Comparator.comparing(RecordedEvent::getStartTime));
            for (int i = 1; i < calls.size(); i++) {
                var read = calls.get(i - 1);
                var write = calls.get(i);
                if (read.getString("what").equals("read a batch")
                        && write.getString("what").startsWith("write a transaction")) {
                    samples.add(read.getDuration().plus(write.getDuration()).toNanos() / 1e6);
                }
            }
        }
        return samples;
    }

    private static String kind(RecordedEvent sample) {
        if (sample.getStackTrace() == null) {
            return OTHER;
        }
        for (var frame : sample.getStackTrace().getFrames()) {
            for (var kind : KINDS) {
                if (kind.holds(frame)) {
                    return kind.name();
                }
            }
        }
        return OTHER;
    }

    private static Map<String, Duration> mostFirst(Map<String, Duration> kinds) {
        return kinds.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    }

    private Path file(String part) {
        return folder.resolve(part + ".jfr");
    }

    private static void jcmd(Instance part, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(part.process().pid())));
        command.addAll(List.of(words));
        var ran = Run.of(command).now();
        if (ran.status() != 0 || ran.out().contains("Warning!")) {
            throw new IOException("jcmd " + String.join(" ", words) + ": " + ran);
        }
    }
}
