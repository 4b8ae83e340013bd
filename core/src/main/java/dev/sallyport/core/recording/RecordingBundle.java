package dev.sallyport.core.recording;

import dev.sallyport.core.audit.AuditChain;
import dev.sallyport.core.audit.AuditLine;
import dev.sallyport.core.audit.Checkpoint;
import dev.sallyport.core.hash.Sha256;
import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import dev.sallyport.core.secret.Secret;
import dev.sallyport.core.tenant.TenantKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// One recording in one file, with what vouches for it: a zip that any tool opens. See `docs/recording.md`.
///
/// Reading is bounded: no entry of the file takes more memory than what it stands for may have.
public final class RecordingBundle implements Evidence, ChunkStore, AutoCloseable {

    private static final String HEAD = "sallyport-recording 1";
    private static final String FACTS = "recording";
    private static final String DATA_KEY = "data-key";
    private static final String AUDIT = "audit";
    private static final String CHUNK = "chunks/%06d.chunk";
    private static final Pattern CHUNK_NAME = Pattern.compile("chunks/([0-9]{6,9})\\.chunk");
    private static final Pattern CHECKPOINT_NAME = Pattern.compile("checkpoints/([0-9]{19})");
    private static final String SIGNATURE = ".signature";

    private static final int LONGEST_FACTS = 10_000;
    private static final int LONGEST_SIGNATURE = 1024;
    private static final int LONGEST_AUDIT = 64 << 20;

    private final ZipFile zip;
    private final TenantId tenant;
    private final SessionId session;
    private final TenantKey key;

    private RecordingBundle(ZipFile zip, TenantId tenant, SessionId session, TenantKey key) {
        this.zip = zip;
        this.tenant = tenant;
        this.session = session;
        this.key = key;
    }

    /// Writes a bundle; `out` stays open.
    ///
    /// @param key stands in the file for convenience: who verifies should have it from elsewhere
    public static void write(OutputStream out, Evidence evidence, TenantKey key) throws IOException {
        var zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
        text(
                zip,
                FACTS,
                HEAD + "\ntenant " + evidence.tenant() + "\nsession " + evidence.session() + "\nkey " + key.text()
                        + "\n");
        var dataKey = evidence.dataKey();
        if (dataKey.isPresent()) {
            text(zip, DATA_KEY, dataKey.get().reveal(bytes -> HexFormat.of().formatHex(bytes)) + "\n");
        }
        for (var signed : evidence.checkpoints()) {
            var name = "checkpoints/%019d".formatted(signed.checkpoint().number());
            bytes(zip, name, signed.bytes());
            bytes(zip, name + SIGNATURE, signed.signature());
        }
        zip.putNextEntry(new ZipEntry(AUDIT));
        for (var line : evidence.audit()) {
            zip.write(line(line).getBytes(StandardCharsets.US_ASCII));
        }
        zip.closeEntry();
        for (int number : evidence.chunks()) {
            var chunk = evidence.chunk(number);
            if (chunk.isPresent()) {
                bytes(zip, CHUNK.formatted(number), chunk.get());
            }
        }
        zip.finish();
    }

    private static void text(ZipOutputStream zip, String name, String text) throws IOException {
        bytes(zip, name, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void bytes(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }

    private static String line(AuditLine line) {
        return switch (line) {
            case AuditLine.Told told ->
                "entry " + Base64.getUrlEncoder().encodeToString(AuditChain.write(told.entry())) + "\n";
            case AuditLine.Hashed hashed ->
                "hash " + hashed.minute() + " " + hashed.hash().hex() + "\n";
        };
    }

    /// Opens a bundle.
    ///
    /// @throws IOException when it is none, or cannot be read
    public static RecordingBundle open(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new IOException("this file is not a recording's bundle", e);
        }
        try {
            var lines = new String(
                            entry(zip, FACTS, LONGEST_FACTS)
                                    .orElseThrow(() -> new IOException("this file is not a recording's bundle")),
                            StandardCharsets.US_ASCII)
                    .split("\n", -1);
            if (lines.length < 4 || !lines[0].equals(HEAD)) {
                throw new IOException("this file is not a recording's bundle of a format that this program reads");
            }
            return new RecordingBundle(
                    zip,
                    new TenantId(word(lines[1], "tenant ")),
                    new SessionId(word(lines[2], "session ")),
                    TenantKey.parse(word(lines[3], "key ")));
        } catch (IOException e) {
            zip.close();
            throw e;
        } catch (IllegalArgumentException e) {
            zip.close();
            throw new IOException("the bundle does not say properly what it holds", e);
        }
    }

    /// The tenant's key as the bundle has it: proves nothing unless it is compared with one from elsewhere.
    public TenantKey claimedKey() {
        return key;
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    @Override
    public SessionId session() {
        return session;
    }

    @Override
    public List<Integer> chunks() {
        return zip.stream()
                .map(entry -> CHUNK_NAME.matcher(entry.getName()))
                .filter(name -> name.matches())
                .map(name -> Integer.valueOf(name.group(1)))
                .sorted()
                .toList();
    }

    @Override
    public Optional<byte[]> chunk(int number) throws IOException {
        return entry(zip, CHUNK.formatted(number), ChunkHeader.LONGEST_CHUNK + 1);
    }

    @Override
    public List<Checkpoint.Signed> checkpoints() throws IOException {
        var names = zip.stream()
                .map(ZipEntry::getName)
                .filter(name -> CHECKPOINT_NAME.matcher(name).matches())
                .sorted()
                .toList();
        var checkpoints = new ArrayList<Checkpoint.Signed>();
        for (var name : names) {
            var bytes = entry(zip, name, Checkpoint.LONGEST + 1).orElse(new byte[0]);
            var signature = entry(zip, name + SIGNATURE, LONGEST_SIGNATURE).orElse(new byte[0]);
            checkpoints.add(new Checkpoint.Signed(bytes, signature));
        }
        return checkpoints;
    }

    @Override
    public List<AuditLine> audit() throws IOException {
        var text = new String(entry(zip, AUDIT, LONGEST_AUDIT).orElse(new byte[0]), StandardCharsets.US_ASCII);
        var lines = new ArrayList<AuditLine>();
        try {
            for (var line : text.lines().toList()) {
                var words = line.split(" ", -1);
                switch (words[0] + " " + words.length) {
                    case "entry 2" ->
                        lines.add(new AuditLine.Told(
                                AuditChain.read(Base64.getUrlDecoder().decode(words[1]))));
                    case "hash 3" -> lines.add(new AuditLine.Hashed(Long.parseLong(words[1]), Sha256.parse(words[2])));
                    default -> throw new IOException("the bundle's audit log has a line that nobody knows");
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the bundle's audit log cannot be read", e);
        }
        return lines;
    }

    @Override
    public Optional<Secret> dataKey() throws IOException {
        var hex = entry(zip, DATA_KEY, LONGEST_FACTS);
        try {
            return hex.map(bytes ->
                    Secret.of(HexFormat.of().parseHex(new String(bytes, StandardCharsets.US_ASCII).strip())));
        } catch (IllegalArgumentException e) {
            throw new IOException("the bundle's data key cannot be read", e);
        }
    }

    /// The events, when the data key is in the bundle.
    public Optional<RecordingReader> reader() throws IOException {
        return dataKey().map(secret -> new RecordingReader(this, tenant, session, secret));
    }

    // ---- as a store of chunks, to be read only

    @Override
    public void put(TenantId ofTenant, SessionId ofSession, int number, byte[] chunk) throws IOException {
        throw new IOException("a bundle is not written to");
    }

    @Override
    public Optional<byte[]> get(TenantId ofTenant, SessionId ofSession, int number) throws IOException {
        return tenant.equals(ofTenant) && session.equals(ofSession) ? chunk(number) : Optional.empty();
    }

    @Override
    public List<Integer> numbers(TenantId ofTenant, SessionId ofSession) {
        return tenant.equals(ofTenant) && session.equals(ofSession) ? chunks() : List.of();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static Optional<byte[]> entry(ZipFile zip, String name, int longest) throws IOException {
        var entry = zip.getEntry(name);
        if (entry == null) {
            return Optional.empty();
        }
        try (var in = zip.getInputStream(entry)) {
            var bytes = in.readNBytes(longest);
            if (bytes.length == longest && in.read() >= 0) {
                throw new IOException("the bundle has an entry that is larger than such entries are");
            }
            return Optional.of(bytes);
        }
    }

    private static String word(String line, String key) {
        if (!line.startsWith(key)) {
            throw new IllegalArgumentException("not the line of " + key);
        }
        return line.substring(key.length());
    }
}
