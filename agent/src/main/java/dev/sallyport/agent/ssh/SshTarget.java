package dev.sallyport.agent.ssh;

import dev.sallyport.agent.target.Output;
import dev.sallyport.agent.target.Target;
import dev.sallyport.core.link.Message;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A channel to a target sshd, with a connection of its own.
final class SshTarget implements Target {

    private static final Logger LOG = LoggerFactory.getLogger(SshTarget.class);

    /// What `ssh` itself says when the connection breaks off.
    private static final int BROKEN_OFF = 255;

    private final ClientSession session;
    private final AbstractClientChannel channel;
    private final SshChannel ends;
    private final TransferWatch watch;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch bothEnded = new CountDownLatch(2);

    <C extends AbstractClientChannel & SshChannel> SshTarget(ClientSession session, C channel, TransferWatch watch) {
        this.session = session;
        this.channel = channel;
        this.ends = channel;
        this.watch = watch;
        channel.addCloseFutureListener(future -> {
            closed.countDown();
            bothEnded.countDown();
            bothEnded.countDown();
        });
    }

    @Override
    public boolean forwards() {
        return channel instanceof ForwardChannel;
    }

    @Override
    public Output output() {
        return new Received(ends.received(), true);
    }

    @Override
    public Optional<Output> errors() {
        return ends.receivedErrors().map(errors -> new Received(errors, false));
    }

    @Override
    public boolean write(byte[] bytes) {
        try {
            watch.toTarget(bytes);
            channel.getInvertedIn().write(bytes);
            channel.getInvertedIn().flush();
            return true;
        } catch (IOException e) {
            LOG.debug("the target takes no more input", e);
            return false;
        }
    }

    @Override
    public void endInput() throws IOException {
        if (!channel.isClosing()) {
            ends.endInput();
        }
        bothEnded.countDown();
    }

    @Override
    public void resize(Message.Resize size) {
        if (channel instanceof SessionChannel shell && !channel.isClosing()) {
            try {
                shell.resize(size);
            } catch (IOException e) {
                LOG.debug("the target's terminal could not be resized", e);
            }
        }
    }

    @Override
    public void signal(String name) {
        if (channel instanceof SessionChannel shell && !channel.isClosing() && name.matches("[A-Z0-9]{1,16}")) {
            try {
                shell.signal(name);
            } catch (IOException e) {
                LOG.debug("the target could not be signalled", e);
            }
        }
    }

    @Override
    public Message.Exit exit() throws InterruptedException {
        if (forwards()) {
            bothEnded.await();
            return new Message.Exit(Optional.of(0), Optional.empty(), false);
        }
        closed.await();
        var signal = Optional.ofNullable(channel.getExitSignal());
        if (signal.isPresent()) {
            return new Message.Exit(Optional.empty(), signal, false);
        }
        var status = Optional.ofNullable(channel.getExitStatus());
        if (status.isEmpty()) {
            LOG.info("the connection to the target broke off");
        }
        return new Message.Exit(Optional.of(status.orElse(BROKEN_OFF)), Optional.empty(), false);
    }

    @Override
    public void kill() {
        close();
    }

    @Override
    public void close() {
        channel.close(true);
        session.close(true);
    }

    private final class Received implements Output {

        private final ReceivedStream stream;
        private final boolean watched;
        private final Deque<Piece> pending = new ArrayDeque<>();
        private boolean over;

        Received(ReceivedStream stream, boolean watched) {
            this.stream = stream;
            this.watched = watched;
        }

        @Override
        public Piece next() throws IOException, InterruptedException {
            if (!pending.isEmpty()) {
                return pending.remove();
            }
            if (over) {
                bothEnded.countDown();
                return new Piece.End();
            }
            var bytes = stream.next();
            if (bytes.isEmpty()) {
                over = true;
                if (watched) {
                    watch.last().forEach(line -> pending.add(new Piece.File(line)));
                }
                return next();
            }
            ends.read(bytes.get().length);
            for (int at = 0; at < bytes.get().length; at += LONGEST) {
                pending.add(new Piece.Bytes(
                        Arrays.copyOfRange(bytes.get(), at, Math.min(bytes.get().length, at + LONGEST))));
            }
            if (watched) {
                watch.fromTarget(bytes.get());
                // ahead of the answer that the user takes for its success
                watch.passed().reversed().forEach(line -> pending.addFirst(new Piece.File(line)));
            }
            return pending.remove();
        }
    }
}
