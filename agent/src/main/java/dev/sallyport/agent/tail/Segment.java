package dev.sallyport.agent.tail;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// A file with events of one session, each encrypted (AES-256-GCM; the nonce is the file's number and the
/// event's place in it, so that none is moved or left out unseen). What is damaged or cut off ends the file.
final class Segment implements Part {

    /// A file that has become so long takes no more.
    static final long LONGEST = 8 << 20;

    private static final int TAG = 16;

    private final Path file;
    private final int number;
    private final SecretKey key;
    private Optional<FileChannel> channel = Optional.empty();
    private int count;
    private long bytes;
    private long lastAgent;
    private long lastEdge;

    Segment(Path folder, int number, SecretKey key) {
        this.file = folder.resolve("%08d".formatted(number));
        this.number = number;
        this.key = key;
    }

    /// One that a former run left; it is read, not added to.
    static Segment left(Path folder, int number, SecretKey key) throws IOException {
        var segment = new Segment(folder, number, key);
        segment.bytes = Files.size(segment.file);
        return segment;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    boolean full() {
        return bytes >= LONGEST;
    }

    @Override
    public boolean forget(long agentNumber, long edgeNumber) throws IOException {
        if (lastAgent > agentNumber || lastEdge > edgeNumber) {
            return false;
        }
        delete();
        bytes = 0;
        return true;
    }

    @Override
    public void add(TailedEvent event) throws IOException {
        var sealed = seal(Cipher.ENCRYPT_MODE, count, event.write());
        var record = ByteBuffer.allocate(4 + sealed.length)
                .putInt(sealed.length)
                .put(sealed)
                .flip();
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (channel.isEmpty()) {
            channel = Optional.of(FileChannel.open(
                    file, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        }
        while (record.hasRemaining()) {
            channel.get().write(record);
        }
        count++;
        bytes += record.capacity();
        lastAgent = Math.max(lastAgent, event.agentNumber());
        lastEdge = Math.max(lastEdge, event.edgeNumber());
        if (full()) {
            close();
        }
    }

    /// Nothing more is added for now.
    void close() throws IOException {
        if (channel.isPresent()) {
            channel.get().close();
            channel = Optional.empty();
        }
    }

    @Override
    public void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    @Override
    public Reader read() throws IOException {
        return new FileReader(
                new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 16)));
    }

    /// Reads the events of one file.
    private final class FileReader implements Reader {

        private final DataInputStream in;
        private int at;

        FileReader(DataInputStream in) {
            this.in = in;
        }

        @Override
        public Optional<TailedEvent> next() throws IOException {
            try {
                int length = in.readInt();
                if (length < TAG || length > TailedEvent.LONGEST + TAG) {
                    return Optional.empty();
                }
                var sealed = in.readNBytes(length);
                if (sealed.length < length) {
                    return Optional.empty();
                }
                return Optional.of(TailedEvent.read(seal(Cipher.DECRYPT_MODE, at++, sealed)));
            } catch (EOFException e) {
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                throw new IOException("a tail's file is damaged: " + file.getFileName(), e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private byte[] seal(int mode, int place, byte[] text) {
        try {
            var nonce = ByteBuffer.allocate(12).putInt(number).putLong(place).array();
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("an event of a tail cannot be opened", e);
        }
    }
}
