package dev.sallyport.tests.bed;

import dev.sallyport.api.Refused;
import dev.sallyport.api.Sessions.Session;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Looks after each case:
///
/// - on the [Shared] instance, or that of a class that has one [OnItsOwn], whether processes, descriptors,
///   `Carry` calls, live sessions, and spool segments are what they were before ([Census]), within [#LONGEST];
/// - there, too, whether every client's transcript is one session's recording, byte for byte, stdout and stderr
///   with our messages, and every session of level `full` is one client's ([NotCompared] says why not);
/// - whether it failed: then what there is of sessions, processes and last events is printed, of every instance
///   that the case used;
/// - and stops what instances the case started for itself.
public final class AfterEachCase implements BeforeEachCallback, AfterEachCallback {

    /// Wide bound on the time until all is as it was.
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int LOG_LINES = 40;
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(AfterEachCase.class);

    /// What was there before the case.
    private record Before(Instant begin, Optional<Census> census) {}

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Instance.takeStarted();
        var watched = watched(context);
        var census = Optional.<Census>empty();
        if (watched.isPresent()) {
            watched.get().warmUp();
            Transcript.take(watched.get());
            census = Optional.of(Census.of(watched.get(), Set.of()));
        }
        context.getStore(OURS).put("before", new Before(Instant.now(), census));
    }

    private static Optional<Instance> watched(ExtensionContext context) {
        if (context.getRequiredTestInstance() instanceof OnItsOwn test) {
            return Optional.of(test.instance());
        }
        return Shared.started() ? Optional.of(Shared.instance()) : Optional.empty();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        var before = context.getStore(OURS).get("before", Before.class);
        if (before == null) {
            return;
        }
        var own = Instance.takeStarted();
        try {
            boolean failed = context.getExecutionException().isPresent();
            if (!failed && before.census().isPresent()) {
                var wrong = check(context, before);
                if (!wrong.isEmpty()) {
                    throw new AssertionError("after the case:\n  " + String.join("\n  ", wrong));
                }
            } else if (failed) {
                report(context, before);
            }
        } catch (AssertionError e) {
            report(context, before);
            throw e;
        } finally {
            own.forEach(Transcript::take);
            for (var instance : own.reversed()) {
                instance.close();
            }
        }
    }

    private static List<String> check(ExtensionContext context, Before before) throws Exception {
        var instance = watched(context).orElseThrow();
        var until = Instant.now().plus(LONGEST);
        var wrong = List.of("nothing was looked at");
        while (!wrong.isEmpty()) {
            var sessions = sessions(instance, before.begin());
            wrong = left(instance, before, sessions);
            if (Instant.now().isAfter(until)) {
                return wrong;
            }
            if (!wrong.isEmpty()) {
                Thread.sleep(POLL);
            }
        }
        if (notCompared(context)) {
            return List.of();
        }
        return compare(instance, new ArrayList<>(Transcript.take(instance)), sessions(instance, before.begin()));
    }

    /// What is not yet as it was.
    private static List<String> left(Instance instance, Before before, List<Session> sessions) throws Exception {
        var wrong = new ArrayList<String>();
        for (var session : sessions) {
            var now = instance.api().session(session.id());
            if (!now.state().equals("ended")
                    || "live".equals(now.recording())
                    || "incomplete".equals(now.recording())) {
                wrong.add("session " + now.id() + " is " + now.state() + ", its recording " + now.recording());
            }
        }
        if (wrong.isEmpty()) {
            var ids = sessions.stream().map(Session::id).collect(Collectors.toSet());
            wrong.addAll(Census.of(instance, ids).surplusOver(before.census().orElseThrow()));
        }
        return wrong;
    }

    /// Finds each client's session by what was shown.
    private static List<String> compare(Instance instance, List<Transcript> clients, List<Session> sessions)
            throws IOException, Refused {
        var wrong = new ArrayList<String>();
        var unclaimed = new ArrayList<Tape>();
        var counted = new ArrayList<Long>();
        for (var session : sessions) {
            var tape = Tape.of(instance, instance.api(), session);
            if (!session.level().equals("full")) {
                counted.add(tape.passed());
            } else if (clients.stream()
                    .filter(tape::is)
                    .findFirst()
                    .map(clients::remove)
                    .isEmpty()) {
                unclaimed.add(tape);
            }
        }
        for (var tape : unclaimed) {
            wrong.add("no client wrote what is recorded of " + tape
                    + (clients.size() == 1
                            ? "\n      the only other client: " + clients.getFirst() + "\n      stdout "
                                    + tape.out().differenceTo(clients.getFirst().out()) + "\n      stderr "
                                    + tape.err().differenceTo(clients.getFirst().err())
                            : ""));
        }
        for (var client : clients) {
            if (client.out().length() > 0 && !counted.remove(client.out().length()) && client.whole()) {
                wrong.add("no recording holds what this client was shown: " + client);
            }
        }
        return wrong;
    }

    private static boolean notCompared(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), NotCompared.class)
                || AnnotationSupport.isAnnotated(context.getRequiredTestClass(), NotCompared.class);
    }

    /// All sessions that began since then.
    private static List<Session> sessions(Instance instance, Instant begin) throws IOException, Refused {
        var all = new ArrayList<Session>();
        var seen = new HashSet<String>();
        var filters = new HashMap<>(Map.of("from", begin.toString(), "limit", "100"));
        while (true) {
            var page = instance.api().sessions(filters);
            page.items().stream().filter(session -> seen.add(session.id())).forEach(all::add);
            if (page.next() == null) {
                return all;
            }
            filters.put("cursor", page.next());
        }
    }

    // ---- what a stranger needs to know when a case fails

    private static void report(ExtensionContext context, Before before) {
        var text = new StringBuilder("\n==== " + context.getRequiredTestClass().getSimpleName() + "."
                + context.getDisplayName() + " failed\n");
        for (var instance : Instance.open()) {
            text.append("== instance ").append(instance.folder()).append('\n');
            try {
                if (instance.process().isAlive()) {
                    text.append("-- processes\n")
                            .append(Processes.tree((int) instance.process().pid()));
                }
                var lines = instance.log().lines().toList();
                text.append("-- the end of its output\n");
                lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                        .forEach(line -> text.append("  ").append(line).append('\n'));
                if (instance.hasApi()) {
                    sessions(text, instance, before);
                }
            } catch (IOException | Refused | RuntimeException e) {
                text.append("(no more could be found: ").append(e).append(")\n");
            }
        }
        System.err.println(text);
    }

    private static void sessions(StringBuilder text, Instance instance, Before before) throws IOException, Refused {
        text.append("-- sessions, and the last events of their recordings\n");
        for (var session : sessions(instance, before.begin())) {
            text.append("  ").append(instance.api().session(session.id())).append('\n');
            try {
                Tape.of(instance, instance.api(), session)
                        .last()
                        .forEach(event -> text.append("    ").append(event).append('\n'));
            } catch (IOException | Refused e) {
                text.append("    (its recording could not be read: ").append(e).append(")\n");
            }
        }
    }
}
