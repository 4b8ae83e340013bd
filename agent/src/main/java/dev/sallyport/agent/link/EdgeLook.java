package dev.sallyport.agent.link;

import dev.sallyport.core.agent.AgentKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// A look at one of an edge's doors without attaching: no token is shown, and the edge counts no agent.
///
/// @param longest how long each step may take
public record EdgeLook(EdgeDoor door, Duration longest) {

    /// The addresses of the door's name.
    public List<InetAddress> addresses() throws UnknownHostException {
        return List.of(InetAddress.getAllByName(door.bare()));
    }

    /// Connects by TCP, and leaves.
    public void reach(InetAddress address) throws IOException {
        connect(address).close();
    }

    /// Shakes hands as an agent with this key does, and leaves.
    ///
    /// @return the certificate that the edge showed
    /// @throws IOException also when the edge is not the one of the key
    public X509Certificate greet(InetAddress address, AgentKey key) throws IOException {
        try (var socket = connect(address);
                var tls = (SSLSocket)
                        trusting(key).getSocketFactory().createSocket(socket, door.bare(), door.port(), true)) {
            var parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            parameters.setApplicationProtocols(new String[] {"h2"});
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            return (X509Certificate) tls.getSession().getPeerCertificates()[0];
        }
    }

    private Socket connect(InetAddress address) throws IOException {
        var socket = new Socket();
        try {
            socket.setSoTimeout((int) longest.toMillis());
            socket.connect(new InetSocketAddress(address, door.port()), (int) longest.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static SSLContext trusting(AgentKey key) throws IOException {
        try {
            var context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new PinnedCa(key)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up on this machine", e);
        }
    }
}
