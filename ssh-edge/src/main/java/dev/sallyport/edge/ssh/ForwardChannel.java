package dev.sallyport.edge.ssh;

import dev.sallyport.core.session.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.util.buffer.Buffer;

/// A `direct-tcpip` channel (RFC 4254, section 7.2): confirmed when the decision is made and the target is
/// open, refused with the reason otherwise. Nobody waits for that but the client.
final class ForwardChannel extends DoorChannel {

    /// Tells where a client wants to forward to whoever runs it; on MINA's thread, which must not wait.
    interface Begin {
        void begin(ForwardChannel channel, String host, int port);
    }

    private static final int MOST_HOST = 255;

    private final Begin begin;
    private final AtomicBoolean decided = new AtomicBoolean();
    private volatile boolean confirmed;

    ForwardChannel(DoorLimits limits, Begin begin) {
        super(limits);
        this.begin = begin;
    }

    // From the client, on MINA's threads.

    /// Returns a future that nobody completes: the answer is sent from [#opened] or [#refuse].
    @Override
    protected OpenFuture doInit(Buffer buffer) {
        var host = buffer.getString(java.nio.charset.StandardCharsets.US_ASCII);
        long port = buffer.getUInt();
        if (host.length() > MOST_HOST || port > 65_535 || host.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            refuse("not an address to forward to", false);
        } else {
            begin.begin(this, host, (int) port);
        }
        return new DefaultOpenFuture(this, this);
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) throws IOException {
        if (!confirmed) {
            throw new IOException("data on a channel that is not open");
        }
        super.doWriteData(data, offset, length);
    }

    @Override
    protected Result handleInternalRequest(String request, boolean wantReply, Buffer buffer) {
        return Result.ReplyFailure;
    }

    // To the client, on virtual threads.

    @Override
    public boolean interactive() {
        return false;
    }

    @Override
    public List<String> notices() {
        return List.of();
    }

    @Override
    public void opened() throws IOException {
        if (!decided.compareAndSet(false, true)) {
            throw new IOException("the channel is gone");
        }
        confirmed = true;
        signalChannelOpenSuccess();
    }

    /// There is no stderr on such a channel: a debug message, which `ssh -v` shows.
    @Override
    public void say(String sentence) {
        try {
            getSession().sendDebugMessage(true, "sally: " + Plain.text(sentence), "");
        } catch (IOException leaving) {
            close(true);
        }
    }

    @Override
    public void finish(Outcome outcome) {
        if (decided.get()) {
            hangUp();
        } else {
            refuse(outcome.sentence(), true);
        }
    }

    @Override
    public void refuse(String reason, boolean ours) {
        if (!decided.compareAndSet(false, true)) {
            hangUp();
            return;
        }
        refuseOpening(
                ours ? SshConstants.SSH_OPEN_CONNECT_FAILED : SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                "sally: " + reason);
    }
}
