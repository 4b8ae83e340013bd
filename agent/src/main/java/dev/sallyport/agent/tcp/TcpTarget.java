package dev.sallyport.agent.tcp;

import dev.sallyport.agent.target.NotOpened;
import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Steps;
import dev.sallyport.agent.target.Target;
import dev.sallyport.agent.target.Unreached;
import dev.sallyport.core.connection.TargetSettings;
import dev.sallyport.core.connection.TestStep;
import dev.sallyport.core.link.Message;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// A TCP connection, whose two directions end apart.
public final class TcpTarget implements Target {

    /// How long a connection may take to be made.
    public static final Duration CONNECT = Duration.ofSeconds(10);

    private final Socket socket;
    private final CountDownLatch ends = new CountDownLatch(2);
    private final AtomicBoolean outputEnded = new AtomicBoolean();
    private final AtomicBoolean inputEnded = new AtomicBoolean();

    private TcpTarget(Socket socket) {
        this.socket = socket;
    }

    /// Connects.
    public static TcpTarget open(TargetSettings.Tcp settings) throws NotOpened {
        var socket = new Socket();
        try {
            var address = new InetSocketAddress(settings.host(), settings.port());
            if (address.isUnresolved()) {
                socket.close();
                throw NotOpened.target("the target's host name is not known on the agent's machine");
            }
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(address, (int) CONNECT.toMillis());
            return new TcpTarget(socket);
        } catch (SocketTimeoutException e) {
            throw failed(socket, "the target did not answer within " + CONNECT.toSeconds() + " seconds", e);
        } catch (IOException e) {
            throw failed(socket, "the agent could not connect to the target", e);
        }
    }

    /// Connects, says nothing, and leaves.
    public static void test(TargetSettings.Tcp settings, Steps steps) throws NotOpened, InterruptedException {
        steps.step(
                        TestStep.ADDRESS,
                        () -> {
                            try {
                                return open(settings);
                            } catch (NotOpened e) {
                                throw Unreached.told(e);
                            }
                        },
                        _ -> "a service answers at " + settings.host() + ", port " + settings.port())
                .close();
    }

    private static NotOpened failed(Socket socket, String sentence, IOException cause) {
        try {
            socket.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new NotOpened(Message.Failed.Reason.TARGET, sentence, cause);
    }

    @Override
    public boolean forwards() {
        return true;
    }

    @Override
    public Output output() {
        return this::next;
    }

    private Output.Piece next() {
        var buffer = new byte[LONGEST];
        try {
            int count = socket.getInputStream().read(buffer);
            if (count > 0) {
                return new Output.Piece.Bytes(Arrays.copyOf(buffer, count));
            }
            endedOutput();
        } catch (IOException e) {
            // reset, or closed by us: neither direction goes on
            endedOutput();
            endedInput();
        }
        return new Output.Piece.End();
    }

    @Override
    public Optional<Output> errors() {
        return Optional.empty();
    }

    @Override
    public boolean write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException e) {
            endInput();
            return false;
        }
    }

    @Override
    public void endInput() {
        if (endedInput()) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                // the target was faster
            }
        }
    }

    private void endedOutput() {
        if (outputEnded.compareAndSet(false, true)) {
            ends.countDown();
        }
    }

    private boolean endedInput() {
        boolean first = inputEnded.compareAndSet(false, true);
        if (first) {
            ends.countDown();
        }
        return first;
    }

    @Override
    public void resize(Message.Resize size) {}

    @Override
    public void signal(String name) {}

    @Override
    public Message.Exit exit() throws InterruptedException {
        ends.await();
        return new Message.Exit(Optional.of(0), Optional.empty(), false);
    }

    @Override
    public void kill() {
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket could not be closed", e);
        } finally {
            endedInput();
            endedOutput();
        }
    }
}
