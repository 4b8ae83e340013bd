package dev.sallyport.edge.ssh;

import dev.sallyport.core.link.Message;
import dev.sallyport.edge.relay.ClientChannel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/// A channel of a client, between MINA's threads and ours.
///
/// MINA's threads never wait here: what the client sends goes into a queue that the channel's window bounds.
/// Our side blocks, on virtual threads: for input, and for room in the client's window and in the queue of its
/// socket, both of which bound what a client that does not read can make us hold.
abstract class DoorChannel extends AbstractServerChannel implements ClientChannel {

    /// Bytes around the payload of a data packet.
    private static final int PACKET_HEAD = 32;

    /// What a packet that waits takes besides its payload, about: a target that writes single bytes must not
    /// make us hold more than one that writes much at a time.
    private static final int PACKET_COST = 512;

    private final DoorLimits limits;
    private final InputQueue input;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final List<Runnable> onLeft = new ArrayList<>();

    /// Bytes given to the socket's queue and not yet written, with what their packets cost.
    private long unwritten;

    private boolean gone;
    private boolean abandoned;

    /// Kept here: the library forgets what belongs to a connection as soon as that is closed.
    private volatile Optional<ClientConnection> client = Optional.empty();

    DoorChannel(DoorLimits limits) {
        super(null);
        this.limits = limits;
        this.input = new InputQueue(limits.controls());
    }

    final DoorLimits limits() {
        return limits;
    }

    final InputQueue input() {
        return input;
    }

    final ClientConnection client() {
        return client.orElseThrow();
    }

    // From the client, on MINA's threads.

    @Override
    public void init(ConnectionService service, Session session, long id) throws IOException {
        client = Optional.of(ClientConnection.of(session));
        super.init(service, session, id);
    }

    /// The library would take what is missing from whatever came before.
    @Override
    public void handleData(Buffer buffer) throws IOException {
        if (buffer.rawUInt(buffer.rpos()) > buffer.available() - Integer.BYTES) {
            throw new IOException("data that says to be longer than its packet");
        }
        super.handleData(buffer);
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) throws IOException {
        input.put(data, offset, (int) length);
    }

    /// No client has anything to say there; what it says is dropped.
    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
        getLocalWindow().release(length);
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        input.end();
    }

    /// The library's own handling only knows of its own streams: whoever waits for room here is told.
    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        super.handleWindowAdjust(buffer);
        signalRoom();
    }

    /// First step of every way in which a channel ends.
    @Override
    protected void preClose() {
        input.left();
        List<Runnable> told;
        lock.lock();
        try {
            gone = true;
            told = List.copyOf(onLeft);
            onLeft.clear();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run);
        super.preClose();
    }

    // To the client, on virtual threads.

    @Override
    public Input next() throws InterruptedException {
        return input.next();
    }

    @Override
    public void consumed(int bytes) {
        try {
            getLocalWindow().release(bytes);
        } catch (IOException e) {
            // The connection is breaking; the channel's end follows.
            close(true);
        }
    }

    @Override
    public void onLeft(Runnable told) {
        lock.lock();
        try {
            if (!gone) {
                onLeft.add(told);
                return;
            }
        } finally {
            lock.unlock();
        }
        told.run();
    }

    @Override
    public void abandon() {
        lock.lock();
        try {
            abandoned = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long unread() {
        return unwritten() + input.bytes();
    }

    private long unwritten() {
        if (getSession().isClosed()) {
            return 0;
        }
        lock.lock();
        try {
            return unwritten;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void drop() {
        if (unwritten() > 0) {
            getSession().close(true);
        }
    }

    @Override
    public void write(Message.Stream stream, byte[] bytes) throws IOException {
        int offset = 0;
        while (offset < bytes.length) {
            int length = awaitRoom(bytes.length - offset);
            send(stream, bytes, offset, length);
            offset += length;
        }
    }

    /// Waits for room, takes as much of it as is there and wanted, and returns how much that is.
    private int awaitRoom(int wanted) throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted();
        }
        try {
            while (true) {
                if (gone || abandoned) {
                    throw new IOException("the channel is gone");
                }
                int length = takeRoom(wanted);
                if (length > 0) {
                    return length;
                }
                room.await();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for the client to read");
    }

    /// Takes room for at most `wanted` bytes; none is there when that is zero. Under the lock.
    private int takeRoom(int wanted) {
        var window = getRemoteWindow();
        long length = Math.min(
                Math.min(wanted, limits.buffered() - unwritten - PACKET_COST),
                Math.min(window.getSize(), window.getPacketSize()));
        if (length <= 0) {
            return 0;
        }
        window.consume(length);
        unwritten += length + PACKET_COST;
        return (int) length;
    }

    private void send(Message.Stream stream, byte[] bytes, int offset, int length) throws IOException {
        boolean error = stream == Message.Stream.ERROR;
        var packet = getSession()
                .createBuffer(
                        error ? SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA : SshConstants.SSH_MSG_CHANNEL_DATA,
                        length + PACKET_HEAD);
        packet.putUInt(getRecipient());
        if (error) {
            packet.putUInt(SshConstants.SSH_EXTENDED_DATA_STDERR);
        }
        packet.putBytes(bytes, offset, length);
        writePacket(packet).addListener(written -> {
            lock.lock();
            try {
                unwritten -= length + PACKET_COST;
                room.signal();
            } finally {
                lock.unlock();
            }
        });
    }

    /// Writes a short text for which there is room, or will be very soon; else nothing.
    final void writeSoon(Message.Stream stream, byte[] bytes) {
        lock.lock();
        try {
            long nanos = limits.farewell().toNanos();
            while (!gone && getRemoteWindow().getSize() < bytes.length && nanos > 0) {
                nanos = room.awaitNanos(nanos);
            }
            if (gone
                    || getRemoteWindow().getSize() < bytes.length
                    || getRemoteWindow().getPacketSize() < bytes.length) {
                return;
            }
            getRemoteWindow().consume(bytes.length);
            unwritten += bytes.length + PACKET_COST;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            lock.unlock();
        }
        try {
            send(stream, bytes, 0, bytes.length);
        } catch (IOException leaving) {
            close(true);
        }
    }

    @Override
    public void endOutput() throws IOException {
        sendEof();
    }

    /// Ends the channel from our side: no more output, and closed.
    final void hangUp() {
        try {
            sendEof();
        } catch (IOException leaving) {
            // closing is all that is left to do
        }
        close(false);
    }

    /// Answers that the channel does not open, and why; the library's own answer would leave out the reason.
    final void refuseOpening(int code, String reason) {
        try {
            var packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, 1_024);
            packet.putUInt(getRecipient());
            packet.putUInt(code);
            packet.putString(Plain.text(reason));
            packet.putString("");
            writePacket(packet);
        } catch (IOException leaving) {
            // the client learns of it with the end of the connection
        }
        close(true);
    }

    final void sendRequest(String name, Fields fields) {
        try {
            var packet = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 256);
            packet.putUInt(getRecipient());
            packet.putString(name);
            packet.putBoolean(false);
            fields.put(packet);
            writePacket(packet);
        } catch (IOException leaving) {
            close(true);
        }
    }

    /// The fields of one kind of request.
    interface Fields {
        void put(Buffer packet);
    }

    private void signalRoom() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
