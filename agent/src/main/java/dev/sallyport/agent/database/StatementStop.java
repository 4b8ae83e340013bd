package dev.sallyport.agent.database;

import dev.sallyport.agent.database.DatabaseSocket.Unreachable;
import dev.sallyport.inspect.database.Answered;
import dev.sallyport.inspect.database.Asked;
import dev.sallyport.inspect.database.CancelKey;
import dev.sallyport.inspect.database.ClientStart;
import dev.sallyport.inspect.database.ServerLogin;
import dev.sallyport.inspect.database.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;

/// Drives a wire without a client ([Wire#stopping]) over a connection of its own, until it has said what it has to
/// say. One thread; gives up after [#LONGEST].
final class StatementStop implements Wire.Sink {

    /// How long it may take in all, once it is connected.
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int BUFFER = 8_192;

    private final Wire wire;
    private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    private boolean secure;
    private boolean over;

    StatementStop(Wire wire) {
        this.wire = wire;
    }

    /// @throws Unreachable when the server cannot be secured as the connection wants it
    void run(ServerLogin login, DatabaseSocket socket, DatabaseTarget.Opening opening)
            throws IOException, Unreachable, InterruptedException {
        long begun = System.nanoTime();
        wire.connected(login, this);
        var buffer = new byte[BUFFER];
        while (!over) {
            flush(socket);
            if (secure) {
                secure = false;
                wire.secured(socket.secure(opening.trust()), this);
                continue;
            }
            int count = socket.input().read(buffer);
            if (count < 0) {
                wire.serverEnded(this);
            } else {
                wire.server(buffer, 0, count, this);
            }
            if (System.nanoTime() - begun > LONGEST.toNanos()) {
                throw new IOException("a statement was not stopped within " + LONGEST.toSeconds() + " seconds");
            }
        }
        flush(socket);
    }

    private void flush(DatabaseSocket socket) throws IOException {
        if (toServer.size() > 0) {
            socket.output().write(toServer.toByteArray());
            toServer.reset();
        }
    }

    @Override
    public void toServer(byte[] bytes, int from, int to) {
        toServer.write(bytes, from, to - from);
    }

    @Override
    public void secure() {
        secure = true;
    }

    @Override
    public void end(String why) {
        over = true;
    }

    @Override
    public void toClient(byte[] bytes, int from, int to) {
        throw clientless();
    }

    @Override
    public void start(ClientStart start) {
        throw clientless();
    }

    @Override
    public void loggedIn() {
        throw clientless();
    }

    @Override
    public void ask(Asked asked) {
        throw clientless();
    }

    @Override
    public void answered(Answered answered) {
        throw clientless();
    }

    @Override
    public void cancel(CancelKey key) {
        throw clientless();
    }

    private static IllegalStateException clientless() {
        return new IllegalStateException("there is no client");
    }
}
