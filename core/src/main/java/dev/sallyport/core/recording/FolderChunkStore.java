package dev.sallyport.core.recording;

import dev.sallyport.core.id.SessionId;
import dev.sallyport.core.id.TenantId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Chunks as files: `<tenant>/<session>/000000.chunk` below a folder. For any number of threads and processes.
///
/// A chunk is there whole and durable, or not at all: written beside, synced, and then linked under its name,
/// which fails when the name is taken. Files can be read by their owner only.
public final class FolderChunkStore implements ChunkStore {

    private static final Pattern NAME = Pattern.compile("([0-9]{6,9})\\.chunk");

    private static final FileAttribute<?> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path root;

    public FolderChunkStore(Path root) {
        this.root = root;
    }

    @Override
    public void put(TenantId tenant, SessionId session, int number, byte[] chunk) throws IOException {
        var folder = folder(tenant, session);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, FOLDER);
            sync(root.resolve(tenant.value()));
        }
        var file = file(tenant, session, number);
        var beside = folder.resolve(".chunk" + number + "-" + Long.toHexString(RANDOM.nextLong()) + ".new");
        try {
            try (var out =
                    FileChannel.open(beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
                var bytes = ByteBuffer.wrap(chunk);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.createLink(file, beside);
        } catch (FileAlreadyExistsException e) {
            if (!Arrays.equals(read(file), chunk)) {
                throw new ChunkConflict(number);
            }
        } finally {
            Files.deleteIfExists(beside);
        }
        sync(folder);
    }

    @Override
    public Optional<byte[]> get(TenantId tenant, SessionId session, int number) throws IOException {
        try {
            return Optional.of(read(file(tenant, session, number)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Integer> numbers(TenantId tenant, SessionId session) throws IOException {
        try (var files = Files.list(folder(tenant, session))) {
            return files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches())
                    .map(name -> Integer.valueOf(name.group(1)))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public boolean delete(TenantId tenant, SessionId session, int most) throws IOException {
        var numbers = numbers(tenant, session);
        for (int number : numbers.reversed().stream().limit(most).toList()) {
            Files.deleteIfExists(file(tenant, session, number));
        }
        var folder = folder(tenant, session);
        if (numbers.size() > most || !Files.isDirectory(folder)) {
            return numbers.size() <= most;
        }
        try (var leftovers = Files.list(folder)) {
            // of a put that was interrupted
            for (var file : leftovers.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
        sync(root.resolve(tenant.value()));
        return true;
    }

    private Path folder(TenantId tenant, SessionId session) {
        return root.resolve(tenant.value()).resolve(session.value());
    }

    private Path file(TenantId tenant, SessionId session, int number) {
        return folder(tenant, session).resolve("%06d.chunk".formatted(number));
    }

    /// Reads one byte more than a chunk may have at most, so that a reader refuses what is longer.
    private static byte[] read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(ChunkHeader.LONGEST_CHUNK + 1);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, Set.of(StandardOpenOption.READ))) {
            channel.force(true);
        }
    }
}
