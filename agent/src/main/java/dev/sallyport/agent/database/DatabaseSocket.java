package dev.sallyport.agent.database;

import dev.sallyport.core.connection.TargetSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// The connection to a database server: plain at first, and TLS from [#secure] on.
///
/// One thread reads and one writes; whoever secures does so while nobody else does either. [#close] at any time.
final class DatabaseSocket implements AutoCloseable {

    /// How long a connection may take to be made, and a TLS handshake after it.
    static final Duration STEP = Duration.ofSeconds(10);

    /// How long a server may say nothing until the agent is logged in.
    static final Duration LOGIN = Duration.ofSeconds(30);

    private final TargetSettings.Database settings;
    private final Socket plain;
    private volatile Socket socket;

    private DatabaseSocket(TargetSettings.Database settings, Socket socket) {
        this.settings = settings;
        this.plain = socket;
        this.socket = socket;
    }

    /// Connects.
    ///
    /// @throws Unreachable with a sentence for the user
    static DatabaseSocket open(TargetSettings.Database settings) throws Unreachable {
        var socket = new Socket();
        try {
            var address = new InetSocketAddress(settings.host(), settings.port());
            if (address.isUnresolved()) {
                socket.close();
                throw new Unreachable("the database's host name is not known on the agent's machine");
            }
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(address, (int) STEP.toMillis());
            socket.setSoTimeout((int) LOGIN.toMillis());
            return new DatabaseSocket(settings, socket);
        } catch (SocketTimeoutException e) {
            throw failed(socket, "the database did not answer within " + STEP.toSeconds() + " seconds", e);
        } catch (IOException e) {
            throw failed(socket, "the agent could not connect to the database", e);
        }
    }

    private static Unreachable failed(Socket socket, String sentence, IOException cause) {
        try {
            socket.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new Unreachable(sentence, cause);
    }

    /// Makes the connection TLS, and returns the hash of the server's certificate for channel binding, if it can be
    /// told.
    ///
    /// @throws Unreachable with a sentence for the user
    Optional<byte[]> secure(ServerTrust trust) throws Unreachable {
        try {
            var secured = (SSLSocket)
                    trust.context().getSocketFactory().createSocket(plain, settings.host(), settings.port(), true);
            secured.setSSLParameters(trust.parameters(secured.getSSLParameters()));
            secured.setSoTimeout((int) STEP.toMillis());
            secured.startHandshake();
            secured.setSoTimeout((int) LOGIN.toMillis());
            socket = secured;
            return EndPoint.of(secured.getSession());
        } catch (SocketTimeoutException e) {
            throw new Unreachable("the database's TLS did not answer within " + STEP.toSeconds() + " seconds", e);
        } catch (SSLException e) {
            throw new Unreachable(
                    "the database's TLS certificate was not accepted: it has to be of its host, "
                            + settings.host()
                            + ", and signed by a CA that the connection trusts",
                    e);
        } catch (IOException e) {
            throw new Unreachable("the database ended the TLS handshake", e);
        }
    }

    /// From now on the server may be silent for as long as it likes.
    void loggedIn() {
        try {
            socket.setSoTimeout(0);
        } catch (SocketException e) {
            // closed meanwhile
        }
    }

    /// Reads wait no longer than this.
    void patience(Duration longest) throws SocketException {
        socket.setSoTimeout((int) longest.toMillis());
    }

    /// How long it is read without an answer; zero: for ever.
    Duration patience() throws SocketException {
        return Duration.ofMillis(socket.getSoTimeout());
    }

    InputStream input() throws IOException {
        return socket.getInputStream();
    }

    OutputStream output() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void close() {
        try {
            // the plain one: closing TLS would first wait for who writes
            plain.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket could not be closed", e);
        }
    }

    /// A database that is not there. The message is a sentence for the user.
    static final class Unreachable extends Exception {

        private static final long serialVersionUID = 1;

        Unreachable(String sentence) {
            super(sentence);
        }

        Unreachable(String sentence, Throwable cause) {
            super(sentence, cause);
        }

        String sentence() {
            return String.valueOf(getMessage());
        }
    }
}
