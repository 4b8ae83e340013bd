package dev.sallyport.agent.ssh;

import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Pty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.channel.ChannelSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/// A session channel (RFC 4254, section 6) that passes on what the user asked for byte for byte, and reads only
/// as fast as the user does.
final class SessionChannel extends ChannelSession implements SshChannel {

    private final Ask ask;
    private final Optional<Pty> pty;
    private final Map<String, String> environment;
    private final ReceivedStream received = new ReceivedStream();
    private final ReceivedStream errors = new ReceivedStream();
    private final CompletableFuture<Boolean> accepted = new CompletableFuture<>();

    /// The request that starts something.
    record Ask(String type, Optional<byte[]> argument) {}

    SessionChannel(Ask ask, Optional<Pty> pty, Map<String, String> environment) {
        this.ask = ask;
        this.pty = pty;
        this.environment = environment;
        addCloseFutureListener(closed -> {
            received.end();
            errors.end();
            accepted.complete(false);
        });
    }

    @Override
    protected void doOpen() throws IOException {
        if (pty.isPresent()) {
            var terminal = pty.get();
            var request = request("pty-req", false);
            request.putString(terminal.term());
            request.putUInt(terminal.columns());
            request.putUInt(terminal.rows());
            request.putUInt(terminal.widthPixels());
            request.putUInt(terminal.heightPixels());
            request.putBytes(terminal.modes().length == 0 ? new byte[1] : terminal.modes());
            writePacket(request);
        }
        for (var variable : environment.entrySet()) {
            var request = request("env", false);
            request.putString(variable.getKey());
            request.putString(variable.getValue());
            writePacket(request);
        }
        super.doOpen();
        var request = request(ask.type(), true);
        ask.argument().ifPresent(request::putBytes);
        writePacket(request);
    }

    /// Completes with whether the target does what was asked.
    CompletableFuture<Boolean> accepted() {
        return accepted;
    }

    @Override
    public void handleSuccess() {
        accepted.complete(true);
    }

    @Override
    public void handleFailure() {
        accepted.complete(false);
    }

    @Override
    protected void doWriteData(byte[] data, int from, long length) {
        received.add(Arrays.copyOfRange(data, from, from + (int) length));
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int from, long length) {
        errors.add(Arrays.copyOfRange(data, from, from + (int) length));
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        received.end();
        errors.end();
    }

    @Override
    public ReceivedStream received() {
        return received;
    }

    @Override
    public Optional<ReceivedStream> receivedErrors() {
        return Optional.of(errors);
    }

    @Override
    public void read(int count) throws IOException {
        if (!isClosing()) {
            getLocalWindow().release(count);
        }
    }

    @Override
    public void endInput() throws IOException {
        getInvertedIn().flush();
        sendEof();
    }

    void resize(Message.Resize size) throws IOException {
        var request = request("window-change", false);
        request.putUInt(size.columns());
        request.putUInt(size.rows());
        request.putUInt(size.widthPixels());
        request.putUInt(size.heightPixels());
        writePacket(request);
    }

    void signal(String name) throws IOException {
        var request = request("signal", false);
        request.putString(name);
        writePacket(request);
    }

    private Buffer request(String type, boolean reply) {
        var buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 256);
        buffer.putUInt(getRecipient());
        buffer.putString(type, StandardCharsets.US_ASCII);
        buffer.putBoolean(reply);
        return buffer;
    }
}
