package dev.sallyport.core.audit;

import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.TenantId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeMap;

/// The hash over the audit entries of one minute, in the order of their ids.
///
/// The hash of an entry is that of its canonical bytes; the hash after an entry is that of the hash before
/// ([Sha256#NONE] at first) and the entry's. So an entry can stand in a bundle by its hash alone, where its
/// contents are none of the reader's business.
public final class AuditChain {

    /// Longest entry that is read.
    public static final int LONGEST = 262_144;

    private static final byte[] HEAD = "sallyport-audit 1\n".getBytes(StandardCharsets.US_ASCII);

    private Sha256 hash = Sha256.NONE;
    private int count;

    /// Adds the next entry.
    public void add(AuditEntry entry) {
        add(hash(entry));
    }

    /// Adds the next entry, by its hash.
    public void add(Sha256 entryHash) {
        hash = Sha256.of(hash.bytes(), entryHash.bytes());
        count++;
    }

    /// The hash over what was added.
    public Sha256 hash() {
        return hash;
    }

    /// How many were added.
    public int count() {
        return count;
    }

    /// What a checkpoint says of a minute with these entries, in whatever order they come.
    public static AuditMinute minute(long epochMinute, Collection<AuditEntry> entries) {
        var chain = new AuditChain();
        var byId = new TreeMap<String, AuditEntry>();
        for (var entry : entries) {
            if (byId.put(entry.id(), entry) != null) {
                throw new IllegalArgumentException("two audit entries with one id");
            }
        }
        byId.values().forEach(chain::add);
        return new AuditMinute(epochMinute, chain.count(), chain.hash());
    }

    /// The hash of one entry.
    public static Sha256 hash(AuditEntry entry) {
        return Sha256.of(write(entry));
    }

    /// The canonical bytes: a line that names the format, then each text as its length (four bytes, big endian)
    /// and its UTF-8; before the details how many there are (four bytes); the details in the order of their
    /// keys.
    public static byte[] write(AuditEntry entry) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.write(HEAD);
            text(out, entry.tenant().value());
            text(out, entry.id());
            text(out, entry.actor());
            text(out, entry.action());
            text(out, entry.object());
            text(out, entry.source());
            out.writeInt(entry.details().size());
            for (var detail : entry.details().entrySet()) {
                text(out, detail.getKey());
                text(out, detail.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static AuditEntry read(byte[] bytes) {
        if (bytes.length > LONGEST) {
            throw new IllegalArgumentException("the audit entry is longer than " + LONGEST + " bytes");
        }
        try {
            var in = ByteBuffer.wrap(bytes);
            for (byte expected : HEAD) {
                if (in.get() != expected) {
                    throw new IllegalArgumentException("not an audit entry");
                }
            }
            var tenant = new TenantId(text(in));
            var id = text(in);
            var actor = text(in);
            var action = text(in);
            var object = text(in);
            var source = text(in);
            int size = in.getInt();
            if (size < 0 || size > in.remaining()) {
                throw new IllegalArgumentException("an audit entry with more details than bytes");
            }
            var details = new TreeMap<String, String>();
            for (int i = 0; i < size; i++) {
                var key = text(in);
                if (!details.isEmpty() && details.lastKey().compareTo(key) >= 0) {
                    throw new IllegalArgumentException("the details of an audit entry are out of order");
                }
                details.put(key, text(in));
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("more than an audit entry");
            }
            return new AuditEntry(tenant, id, actor, action, object, source, details);
        } catch (BufferUnderflowException | CharacterCodingException e) {
            throw new IllegalArgumentException("the audit entry is cut off, or not text", e);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(ByteBuffer in) throws CharacterCodingException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a text in an audit entry that is longer than the entry");
        }
        var text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(in.slice(in.position(), length))
                .toString();
        in.position(in.position() + length);
        return text;
    }
}
