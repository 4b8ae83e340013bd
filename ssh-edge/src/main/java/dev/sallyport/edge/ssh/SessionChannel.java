package dev.sallyport.edge.ssh;

import dev.sallyport.core.certificate.UserCertificate;
import dev.sallyport.core.link.Message;
import dev.sallyport.core.session.Outcome;
import dev.sallyport.core.session.Pty;
import dev.sallyport.core.session.SessionRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.util.buffer.Buffer;

/// A `session` channel (RFC 4254, section 6): confirmed at once; one shell, command or subsystem, after which
/// its story goes on on a virtual thread.
///
/// Requests of the client are answered on MINA's thread, at once. What is refused is said on stderr when the
/// session begins, once each.
final class SessionChannel extends DoorChannel {

    /// Exit status of what was refused.
    static final int REFUSED = 253;

    /// Exit status of what failed on our side.
    static final int FAILED = 254;

    /// Tells what a session channel asked for to whoever runs it; on MINA's thread, which must not wait.
    interface Begin {
        void begin(SessionChannel channel, SessionRequest asked);
    }

    private static final String NO_AGENT = "the ssh-agent is not forwarded";

    private final Begin begin;
    private final Map<String, String> environment = new ConcurrentHashMap<>();
    private final List<String> notices = new ArrayList<>();

    private Optional<Pty> pty = Optional.empty();
    private boolean begun;

    /// Whether the ssh-agent was asked for before a terminal was, which is OpenSSH's order.
    private boolean agentAsked;

    private volatile boolean terminal;
    private volatile boolean midLine;

    /// Whether the client was told how it ends; it is told once.
    private final AtomicBoolean told = new AtomicBoolean();

    SessionChannel(DoorLimits limits, Begin begin) {
        super(limits);
        this.begin = begin;
    }

    // From the client, on MINA's threads.

    @Override
    protected Result handleInternalRequest(String request, boolean wantReply, Buffer buffer) throws IOException {
        return switch (request) {
            case "env" -> result(environment(buffer.getString(), buffer.getString()));
            case "pty-req" -> result(pty(buffer));
            case "shell" -> begin(new SessionRequest.Shell(pty), request, wantReply, buffer);
            case "exec" -> exec(buffer.getBytes(), wantReply, buffer);
            case "subsystem" -> subsystem(buffer.getString(), wantReply, buffer);
            case "window-change" -> result(resize(buffer));
            case "signal" -> result(signal(buffer.getString()));
            case "break" -> result(pty.isPresent() && signal("INT"));
            case "x11-req" -> refuse("X11 is not forwarded");
            case "auth-agent-req@openssh.com", "auth-agent-req" -> agent();
            default -> Result.ReplyFailure;
        };
    }

    private static Result result(boolean done) {
        return done ? Result.ReplySuccess : Result.ReplyFailure;
    }

    private Result refuse(String notice) {
        if (!begun && !notices.contains(notice)) {
            notices.add(notice);
        }
        return Result.ReplyFailure;
    }

    /// Said at a terminal only: who has `ForwardAgent yes` for every host shall not read it after each `git
    /// push`.
    private Result agent() {
        agentAsked = true;
        return terminal ? refuse(NO_AGENT) : Result.ReplyFailure;
    }

    private boolean environment(String name, String value) {
        if (begun
                || environment.size() >= limits().variables()
                || name.length() + value.length() > limits().variable()
                || !name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")
                || value.indexOf('\0') >= 0) {
            return false;
        }
        environment.put(name, value);
        return true;
    }

    private boolean pty(Buffer buffer) {
        var asked = new Pty(
                buffer.getString(),
                buffer.getInt(),
                buffer.getInt(),
                buffer.getInt(),
                buffer.getInt(),
                buffer.getBytes());
        if (begun || pty.isPresent() || asked.modes().length > limits().variable()) {
            return false;
        }
        boolean permitted = client().proven()
                .map(accepted -> accepted.credential().certificate().permits(UserCertificate.PERMIT_PTY))
                .orElse(false);
        if (!permitted) {
            refuse("no terminal: the certificate lacks permit-pty");
            return false;
        }
        pty = Optional.of(asked);
        terminal = true;
        if (agentAsked) {
            refuse(NO_AGENT);
        }
        return true;
    }

    private boolean resize(Buffer buffer) {
        int columns = buffer.getInt();
        int rows = buffer.getInt();
        int widthPixels = buffer.getInt();
        int heightPixels = buffer.getInt();
        if (pty.isEmpty()) {
            return false;
        }
        var size = new Pty(
                pty.get().term(),
                columns,
                rows,
                widthPixels,
                heightPixels,
                pty.get().modes());
        pty = Optional.of(size);
        return !begun
                || input().put(new Message.Resize(
                        size.columns(), size.rows(), size.widthPixels(), size.heightPixels()));
    }

    private boolean signal(String name) {
        return begun && name.matches("[A-Z0-9]{1,16}") && input().put(new Message.Signal(name));
    }

    private Result exec(byte[] command, boolean wantReply, Buffer buffer) throws IOException {
        if (command.length > limits().command() && !begun) {
            begun = true;
            sendResponse(buffer, "exec", Result.ReplySuccess, wantReply);
            Thread.ofVirtual()
                    .name("ssh-refusal")
                    .start(() -> refuse(
                            "a command has at most " + limits().command() + " bytes; send the rest on stdin", false));
            return Result.Replied;
        }
        return begin(new SessionRequest.Exec(command, pty), "exec", wantReply, buffer);
    }

    private Result subsystem(String name, boolean wantReply, Buffer buffer) throws IOException {
        if (!name.matches("[A-Za-z0-9@._-]{1,64}")) {
            return Result.ReplyFailure;
        }
        return begin(new SessionRequest.Subsystem(name), "subsystem", wantReply, buffer);
    }

    private Result begin(SessionRequest asked, String request, boolean wantReply, Buffer buffer) throws IOException {
        if (begun) {
            return Result.ReplyFailure;
        }
        begun = true;
        sendResponse(buffer, request, Result.ReplySuccess, wantReply);
        begin.begin(this, asked);
        return Result.Replied;
    }

    // To the client, on virtual threads.

    /// What the client set with `env` requests, not yet narrowed to what the connection accepts.
    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    @Override
    public boolean interactive() {
        return terminal;
    }

    @Override
    public List<String> notices() {
        var all = new ArrayList<>(client().takeNotices());
        all.addAll(notices);
        return all;
    }

    @Override
    public void opened() {}

    @Override
    public void write(Message.Stream stream, byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return;
        }
        super.write(stream, bytes);
        midLine = bytes[bytes.length - 1] != '\n';
    }

    @Override
    public void say(String sentence) {
        var line = (terminal && midLine ? "\r\n" : "") + "sally: " + Plain.text(sentence) + (terminal ? "\r\n" : "\n");
        midLine = false;
        writeSoon(Message.Stream.ERROR, line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void finish(Outcome outcome) {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        switch (outcome) {
            case Outcome.Exited(var status) -> exit(status);
            case Outcome.Signalled(var signal, var coreDumped) ->
                sendRequest("exit-signal", packet -> {
                    packet.putString(signal);
                    packet.putBoolean(coreDumped);
                    packet.putString("");
                    packet.putString("");
                });
            case Outcome.UserLeft _ -> {}
            case Outcome.Revoked _, Outcome.Killed _, Outcome.Expired _, Outcome.TimedOut _ -> exit(REFUSED);
            case Outcome.AgentLost _, Outcome.EdgeLost _, Outcome.TargetFailed _, Outcome.RecordingFailed _ ->
                exit(FAILED);
        }
        hangUp();
    }

    @Override
    public void refuse(String reason, boolean ours) {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        say(reason);
        exit(ours ? FAILED : REFUSED);
        hangUp();
    }

    /// Ends the channel with an exit status of our own.
    void leave(int status) {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        exit(status);
        hangUp();
    }

    private void exit(int status) {
        sendRequest("exit-status", packet -> packet.putUInt(status & 0xffff_ffffL));
    }
}
