package dev.sallyport.core.recording;

import dev.sallyport.core.audit.AuditChain;
import dev.sallyport.core.audit.AuditEntry;
import dev.sallyport.core.audit.AuditLine;
import dev.sallyport.core.audit.AuditMinute;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.audit.RecordingMark;
import dev.sallyport.core.id.Ulid;
import dev.sallyport.core.recording.Verification.Broken;
import dev.sallyport.core.recording.Verification.Deleted;
import dev.sallyport.core.recording.Verification.Sound;
import dev.sallyport.core.recording.Verification.SoundSoFar;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.tenant.TenantKey;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Says whether a recording is what was recorded, and all of it. Offline: all it trusts is the tenant's public
/// key.
///
/// Looks at the checkpoints first (signed, and each naming the one before), then at the audit log that they
/// cover, then at the chunks (each following the one before, and those that checkpoints know being those), and,
/// given the data key, at the events. Whoever rewrites a recording has to rewrite a checkpoint, for which he
/// lacks the key; whoever leaves out the latest checkpoints gets no more than [SoundSoFar].
///
/// Of a recording that the audit log says was deleted, chunks are not looked at: whatever is left of them, nobody
/// opens it. As long as no checkpoint vouches for that line, it only explains that there are no chunks. Chunks that are
/// gone without it were cut.
public final class Verifier {

    /// What the audit log says of a deletion, about the session whose recording it was.
    public static final String DELETED = "recording.deleted";

    /// The details of that line: why, how many chunks there were, and the last one's hash in hexadecimal.
    public static final String REASON = "reason";

    public static final String CHUNKS = "chunks";
    public static final String LAST_HASH = "last_hash";

    /// An end that is older than the latest checkpoint by this much must be in one (`checkpoint.grace`).
    private static final long GRACE_MINUTES = 10;

    private final Evidence evidence;
    private final TenantKey key;

    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<Known> known = new ArrayList<>();
    private long lastMinute = -1;

    private RecordingPosition position = RecordingPosition.START;
    private RecordingState state = RecordingState.LIVE;
    private long vouchedEvents;
    private int vouchedChunks;
    private final StreamOffsets offsets = new StreamOffsets();
    private long time;
    private OptionalLong firstGap = OptionalLong.empty();
    private boolean ended;
    private boolean opened;
    private Optional<AuditEntry> deletion = Optional.empty();

    /// A checkpoint's word on the recording.
    private record Known(long checkpoint, RecordingMark mark) {}

    /// Stops the search at the first fault.
    private static final class Fault extends Exception {
        private static final long serialVersionUID = 1;
        private final transient OptionalLong event;

        Fault(OptionalLong event, String sentence) {
            super(sentence);
            this.event = event;
        }

        Fault(long event, String sentence) {
            this(OptionalLong.of(event), "first bad event " + event + ": " + sentence);
        }

        String sentence() {
            return Optional.ofNullable(getMessage()).orElse("");
        }
    }

    private Verifier(Evidence evidence, TenantKey key) {
        this.evidence = evidence;
        this.key = key;
    }

    /// Verifies.
    ///
    /// @throws IOException when the evidence cannot be read; that says nothing about the recording
    public static Verification verify(Evidence evidence, TenantKey key) throws IOException {
        return new Verifier(evidence, key).run();
    }

    private Verification run() throws IOException {
        try {
            checkpoints();
            audit();
            if (deletion.isPresent()
                    && (vouching(deletion.get()).isPresent()
                            || evidence.chunks().isEmpty())) {
                return deleted(deletion.get());
            }
            chunks();
            end();
            return result();
        } catch (Fault e) {
            return new Broken(e.event, e.sentence());
        }
    }

    // ---- checkpoints

    private void checkpoints() throws IOException, Fault {
        Optional<Checkpoint> before = Optional.empty();
        for (var signed : evidence.checkpoints()) {
            var checkpoint = read(signed);
            var name = "checkpoint " + checkpoint.number();
            if (!checkpoint.tenant().equals(evidence.tenant())) {
                throw new Fault(OptionalLong.empty(), name + " is another tenant's");
            }
            if (before.isPresent()) {
                var last = before.get();
                if (checkpoint.number() != last.number() + 1) {
                    throw new Fault(
                            OptionalLong.empty(),
                            "checkpoint " + (last.number() + 1) + " is missing, or they are out of order");
                }
                if (!checkpoint.previous().equals(last.hash()) || checkpoint.minute() < last.minute()) {
                    throw new Fault(OptionalLong.empty(), name + " does not follow the one before");
                }
            }
            for (var mark : checkpoint.recordings()) {
                if (mark.session().equals(evidence.session())) {
                    known.add(new Known(checkpoint.number(), mark));
                }
            }
            lastMinute = checkpoint.minute();
            checkpoints.add(checkpoint);
            before = Optional.of(checkpoint);
        }
    }

    private Checkpoint read(Checkpoint.Signed signed) throws Fault {
        if (!signed.verifies(key)) {
            throw new Fault(OptionalLong.empty(), "a checkpoint is not signed by this tenant's key");
        }
        try {
            return signed.checkpoint();
        } catch (IllegalArgumentException e) {
            throw new Fault(OptionalLong.empty(), "a checkpoint cannot be read by this program");
        }
    }

    // ---- audit log

    private void audit() throws IOException, Fault {
        var minutes = new TreeMap<Long, List<AuditLine>>();
        for (var line : evidence.audit()) {
            if (line instanceof AuditLine.Told told && !told.entry().tenant().equals(evidence.tenant())) {
                throw new Fault(OptionalLong.empty(), "the audit log has a row of another tenant");
            }
            if (line instanceof AuditLine.Told(var entry)
                    && entry.action().equals(DELETED)
                    && entry.object().equals(evidence.session().value())) {
                deletion = Optional.of(entry);
            }
            minutes.computeIfAbsent(line.minute(), any -> new ArrayList<>()).add(line);
        }
        for (var checkpoint : checkpoints) {
            for (var sealed : checkpoint.audit()) {
                var lines = minutes.remove(sealed.minute());
                compare(sealed, lines == null ? List.of() : lines);
            }
        }
        if (!minutes.isEmpty() && minutes.firstKey() <= lastMinute) {
            throw new Fault(
                    OptionalLong.empty(),
                    "the audit log has rows in the minute " + name(minutes.firstKey())
                            + ", of which no checkpoint knows: they were added");
        }
    }

    private static void compare(AuditMinute sealed, List<AuditLine> lines) throws Fault {
        var chain = new AuditChain();
        lines.forEach(line -> chain.add(line.hash()));
        if (chain.count() == sealed.count() && chain.hash().equals(sealed.hash())) {
            return;
        }
        String what;
        if (chain.count() < sealed.count()) {
            what = "a row was removed";
        } else if (chain.count() > sealed.count()) {
            what = "a row was added";
        } else {
            what = "a row was changed";
        }
        throw new Fault(
                OptionalLong.empty(),
                "the audit log of the minute " + name(sealed.minute()) + " has " + chain.count()
                        + " rows where its checkpoint has " + sealed.count() + ": " + what);
    }

    private static String name(long minute) {
        return Instant.ofEpochSecond(minute * 60).toString().substring(0, 16) + "Z";
    }

    private Verification deleted(AuditEntry entry) {
        var at = Instant.ofEpochMilli(Ulid.epochMillis(entry.id()));
        var checkpoint = vouching(entry);
        var reason = entry.details().getOrDefault(REASON, "");
        var what = "The recording was deleted on " + at + " by " + entry.actor()
                + (reason.isEmpty() ? "" : " (" + reason + ")") + ". ";
        var vouching = checkpoint
                .map(one -> "Checkpoint " + one.number() + " vouches for this line of the audit log.")
                .orElse("No checkpoint vouches for this line of the audit log yet: verify again in some minutes.");
        var was = " It had " + entry.details().getOrDefault(CHUNKS, "?") + " chunks; the last one's hash was "
                + entry.details().getOrDefault(LAST_HASH, "?") + ".";
        return new Deleted(at, entry.actor(), checkpoint.isPresent(), what + vouching + was);
    }

    /// The checkpoint that covers an entry; its minute was compared already.
    private Optional<Checkpoint> vouching(AuditEntry entry) {
        long minute = AuditMinute.of(entry);
        return checkpoints.stream()
                .filter(one -> one.audit().stream().anyMatch(covered -> covered.minute() == minute))
                .findFirst();
    }

    // ---- chunks

    private void chunks() throws IOException, Fault {
        var marks = new HashMap<Integer, Known>();
        for (var one : known) {
            var other = marks.put(one.mark().chunks(), one);
            if (other != null && !other.mark().lastHash().equals(one.mark().lastHash())) {
                throw new Fault(
                        vouchedEvents,
                        "checkpoints " + other.checkpoint() + " and " + one.checkpoint()
                                + " do not agree on the recording");
            }
        }
        var dataKey = evidence.dataKey();
        opened = dataKey.isPresent();
        Optional<Chunk> before = Optional.empty();
        for (int number : evidence.chunks()) {
            if (number != position.chunks()) {
                throw new Fault(position.events(), "chunk " + position.chunks() + " is missing");
            }
            var chunk = parse(number);
            follows(chunk, before, dataKey);
            if (state != RecordingState.LIVE) {
                throw new Fault(position.events(), "chunks were added after the end");
            }
            if (dataKey.isPresent()) {
                events(chunk, dataKey.get());
            }
            position = chunk.after();
            state = chunk.header().state();
            vouch(marks);
            before = Optional.of(chunk);
        }
    }

    private Chunk parse(int number) throws IOException, Fault {
        var stored = evidence.chunk(number);
        if (stored.isEmpty()) {
            throw new Fault(position.events(), "chunk " + number + " is missing");
        }
        try {
            return Chunk.parse(stored.get());
        } catch (BadChunk e) {
            throw new Fault(position.events(), "chunk " + number + " was changed: " + e.getMessage());
        }
    }

    /// A chunk that does not follow: either it was changed, or the one before it was.
    private void follows(Chunk chunk, Optional<Chunk> before, Optional<Secret> dataKey) throws Fault {
        try {
            RecordingReader.follows(chunk.header(), evidence.tenant(), evidence.session(), position);
        } catch (BrokenRecording e) {
            boolean hashOnly = chunk.header().number() == position.chunks()
                    && chunk.header().session().equals(evidence.session())
                    && !chunk.header().previous().equals(position.hash());
            boolean opens = dataKey.isEmpty() || opens(chunk, dataKey.get());
            if (hashOnly && before.isPresent() && opens && vouchedChunks < position.chunks()) {
                throw new Fault(
                        before.get().header().firstEvent(),
                        "chunk " + (position.chunks() - 1) + " was changed: the next one knows another");
            }
            throw new Fault(
                    position.events(), Optional.ofNullable(e.getMessage()).orElse(""));
        }
    }

    private static boolean opens(Chunk chunk, Secret dataKey) {
        try {
            return chunk.events(dataKey).size() == chunk.header().count();
        } catch (BadChunk e) {
            return false;
        }
    }

    private void vouch(Map<Integer, Known> marks) throws Fault {
        var one = marks.get(position.chunks());
        if (one == null) {
            return;
        }
        if (!one.mark().lastHash().equals(position.hash())) {
            throw new Fault(
                    vouchedEvents,
                    "checkpoint " + one.checkpoint() + " knows another chunk " + (position.chunks() - 1)
                            + ": the recording was rewritten, from this event or a later one");
        }
        vouchedEvents = position.events();
        vouchedChunks = position.chunks();
    }

    // ---- events

    private void events(Chunk chunk, Secret dataKey) throws Fault {
        List<Event> events;
        try {
            events = chunk.events(dataKey);
        } catch (BadChunk e) {
            throw new Fault(
                    chunk.header().firstEvent(), "chunk " + chunk.header().number() + ": " + e.getMessage());
        }
        for (var event : events) {
            if (ended) {
                throw new Fault(event.number(), "an event after the end");
            }
            if (event.time() < time) {
                throw new Fault(event.number(), "time goes backwards");
            }
            if (event.covers() > 0) {
                long expected = offsets.next(event.kind());
                if (event.offset() < expected) {
                    throw new Fault(event.number(), "bytes of " + event.kind() + " come twice");
                }
                if (event.offset() > expected && firstGap.isEmpty()) {
                    firstGap = OptionalLong.of(event.number());
                }
                offsets.passed(event);
            }
            time = event.time();
            ended = event.kind() == Event.Kind.END;
        }
        if (ended != chunk.header().last()) {
            throw new Fault(
                    chunk.header().firstEvent() + Math.max(0, events.size() - 1),
                    ended ? "an end in the middle of the recording" : "the last chunk has no end");
        }
    }

    // ---- the end

    private void end() throws Fault {
        for (var one : known) {
            if (one.mark().chunks() > position.chunks()) {
                var how = state == RecordingState.LIVE ? "the tail was cut" : "its end is forged";
                throw new Fault(
                        position.events(),
                        "checkpoint " + one.checkpoint() + " knows "
                                + one.mark().chunks() + " chunks, here are " + position.chunks() + ": " + how);
            }
        }
        if (!known.isEmpty()) {
            agrees(known.getLast());
        }
        if (firstGap.isPresent() && (state == RecordingState.COMPLETE || state == RecordingState.RECOVERED)) {
            throw new Fault(firstGap.getAsLong(), "bytes are missing before it, of which the end does not know");
        }
        boolean old = opened && time / 60_000_000 + GRACE_MINUTES < lastMinute;
        if (vouchedChunks < position.chunks() && state != RecordingState.LIVE && old) {
            throw new Fault(
                    vouchedEvents,
                    "its end is forged: no checkpoint knows it, though there are some that are " + "more than "
                            + GRACE_MINUTES + " minutes younger");
        }
    }

    private void agrees(Known last) throws Fault {
        var marked = last.mark().state();
        boolean isFinal = marked == RecordingState.COMPLETE || marked == RecordingState.RECOVERED;
        if (isFinal && last.mark().chunks() < position.chunks()) {
            throw new Fault(
                    vouchedEvents, "chunks were added after the end that checkpoint " + last.checkpoint() + " knows");
        }
        if (isFinal && state != marked) {
            throw new Fault(
                    vouchedEvents,
                    "its end is forged: it says " + state + ", checkpoint " + last.checkpoint() + " says " + marked);
        }
        if (marked == RecordingState.INCOMPLETE && state == RecordingState.COMPLETE) {
            throw new Fault(
                    vouchedEvents, "its end is forged: checkpoint " + last.checkpoint() + " knows it as incomplete");
        }
    }

    private Verification result() {
        var look = opened
                ? ""
                : " The events themselves were not looked at: the data key is not here, and not needed for this.";
        var marked =
                known.isEmpty() ? RecordingState.LIVE : known.getLast().mark().state();
        var shown = state == RecordingState.LIVE ? marked : state;
        if (vouchedChunks == position.chunks() && !known.isEmpty() && marked != RecordingState.LIVE) {
            return new Sound(
                    position.events(),
                    shown,
                    opened,
                    "All " + position.events() + " events are as they were recorded (" + shown + "), which checkpoint "
                            + known.getLast().checkpoint() + " vouches for." + look);
        }
        return new SoundSoFar(
                vouchedEvents,
                position.events(),
                shown,
                opened,
                "Checkpoints vouch for " + vouchedEvents + " of the " + position.events()
                        + " events; nothing speaks against the others. The recording is live, or its end is so fresh "
                        + "that no checkpoint knows it yet; else the latest checkpoints were left out." + look);
    }
}
