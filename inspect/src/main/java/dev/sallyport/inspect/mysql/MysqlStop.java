package dev.sallyport.inspect.mysql;

import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Stops the statement of a session, on a connection of its own: logs in as the session did, says `KILL QUERY`, and
/// leaves. It has no client.
final class MysqlStop implements Wire {

    private enum Phase {
        CONNECTING,
        GREETING,
        SECURING,
        LOGIN,
        STOPPING,
        OVER
    }

    private static final ClientLogin NOBODY =
            new ClientLogin(0, Charsets.UTF8MB4, "", new byte[0], Optional.empty(), Optional.empty(), Map.of());

    private final int thread;
    private final boolean serverKeys;
    private final Bytes in = new Bytes();
    private final Outgoing out = new Outgoing();

    private Phase phase = Phase.CONNECTING;
    private Optional<ServerLogin> login = Optional.empty();
    private Optional<ServerStart> start = Optional.empty();

    /// @param thread the server's number of the session whose statement is to be stopped
    MysqlStop(int thread, boolean serverKeys) {
        this.thread = thread;
        this.serverKeys = serverKeys;
    }

    @Override
    public void connected(ServerLogin asWhom, Sink sink) {
        login = Optional.of(asWhom);
        phase = Phase.GREETING;
    }

    @Override
    public void secured(Optional<byte[]> endPoint, Sink sink) {
        try {
            phase = Phase.LOGIN;
            start.orElseThrow().secured(out);
            out.flush(sink::toServer);
        } catch (Malformed e) {
            end("what the database sent was not understood: " + e.what(), sink);
        } catch (Stopped e) {
            end(e.sentence(), sink);
        }
    }

    @Override
    public void server(byte[] bytes, int from, int to, Sink sink) {
        in.add(bytes, from, to);
        int at = 0;
        try {
            while (phase != Phase.OVER && in.length() - at >= Packet.HEAD) {
                int length = Packet.length(in.array(), at);
                if (length == 0 || length > ClientLogin.LONGEST || phase == Phase.SECURING) {
                    throw new Malformed("a packet that does not belong here");
                }
                if (in.length() - at < Packet.HEAD + length) {
                    break;
                }
                int end = at + Packet.HEAD + length;
                take(at, end, sink);
                at = end;
            }
        } catch (Malformed e) {
            end("what the database sent was not understood: " + e.what(), sink);
        } catch (Stopped e) {
            end(e.sentence(), sink);
        }
        out.flush(sink::toServer);
        in.dropUntil(at);
    }

    private void take(int at, int end, Sink sink) throws Malformed, Stopped {
        var bytes = in.array();
        out.heard(Packet.sequence(bytes, at));
        var body = new Body(bytes, at + Packet.HEAD, end);
        switch (phase) {
            case GREETING -> {
                if (Packet.first(bytes, at) == 0xff) {
                    body.skip(1);
                    throw ServerStart.refused(body.int16());
                }
                var begun = new ServerStart(login.orElseThrow(), NOBODY, serverKeys);
                start = Optional.of(begun);
                login = Optional.empty();
                if (begun.greeted(Greeting.read(body), out)) {
                    phase = Phase.SECURING;
                    out.flush(sink::toServer);
                    sink.secure();
                } else {
                    phase = Phase.LOGIN;
                }
            }
            case LOGIN -> {
                if (start.orElseThrow().answer(body, out).isPresent()) {
                    phase = Phase.STOPPING;
                    say(Command.QUERY, "KILL QUERY " + Integer.toUnsignedString(thread));
                }
            }
            case STOPPING -> {
                say(Command.QUIT, "");
                end("a statement was stopped", sink);
            }
            case CONNECTING, SECURING, OVER -> throw new Malformed("a database that speaks before it is asked");
        }
    }

    private void say(Command command, String text) {
        out.sequence(0);
        int packet = out.begin();
        out.bytes().int8(command.code).add(text.getBytes(StandardCharsets.US_ASCII));
        out.end(packet);
    }

    private void end(String why, Sink sink) {
        if (phase != Phase.OVER) {
            phase = Phase.OVER;
            out.flush(sink::toServer);
            sink.end(why);
        }
    }

    @Override
    public void serverEnded(Sink sink) {
        end("the database ended the session", sink);
    }

    @Override
    public void refuse(String sentence, Sink sink) {
        end(sentence, sink);
    }

    @Override
    public boolean awaits() {
        return true;
    }

    @Override
    public void begin(Sink sink) {}

    @Override
    public void client(byte[] bytes, int from, int to, Sink sink) {
        throw new IllegalStateException("it has no client");
    }

    @Override
    public void judged(Judged judged, Sink sink) {
        throw new IllegalStateException("nothing is asked");
    }

    @Override
    public void say(String sentence, Sink sink) {}

    @Override
    public void clientEnded(Sink sink) {}
}
