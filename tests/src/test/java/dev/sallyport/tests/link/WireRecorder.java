package dev.sallyport.tests.link;

import dev.sallyport.edge.agents.EdgeIdentity;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between agents and an edge, opens TLS on both sides, and notes every message as it went over the wire:
/// `METHOD CALL up|down BASE64`, in the order in which they came.
final class WireRecorder implements AutoCloseable {

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final ManagedChannel edge;
    private final Server server;
    private final AtomicInteger calls = new AtomicInteger();
    private final Set<Passing> open = ConcurrentHashMap.newKeySet();
    final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    WireRecorder(EdgeIdentity shown, int edgePort) throws Exception {
        var loopback = InetAddress.getLoopbackAddress();
        edge = NettyChannelBuilder.forAddress(new InetSocketAddress(loopback, edgePort))
                .overrideAuthority("localhost")
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient())
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build())
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(loopback, 0))
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(key(shown), chain(shown)))
                        .build())
                .fallbackHandlerRegistry(new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(
                            String name, @org.jspecify.annotations.Nullable String authority) {
                        return ServerMethodDefinition.create(method(name), handler(name));
                    }
                })
                .build()
                .start();
    }

    private static PrivateKey key(EdgeIdentity identity) throws ReflectiveOperationException {
        var key = EdgeIdentity.class.getDeclaredMethod("key");
        key.setAccessible(true);
        return (PrivateKey) key.invoke(identity);
    }

    private static X509Certificate[] chain(EdgeIdentity identity) throws ReflectiveOperationException {
        var chain = EdgeIdentity.class.getDeclaredMethod("chain");
        chain.setAccessible(true);
        return ((List<?>) chain.invoke(identity))
                .stream().map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(name)
                .build();
    }

    private ServerCallHandler<byte[], byte[]> handler(String name) {
        return (call, headers) -> {
            var passing = new Passing(name.substring(name.indexOf('/') + 1), calls.incrementAndGet(), call);
            open.add(passing);
            return passing.begin(edge.newCall(method(name), CallOptions.DEFAULT), headers);
        };
    }

    int port() {
        return server.getPort();
    }

    /// Breaks the calls that carry sessions.
    void cut() {
        open.stream().filter(passing -> passing.method.equals("Carry")).forEach(Passing::cut);
    }

    /// One call, both ways.
    private final class Passing {
        private final String method;
        private final int number;
        private final ServerCall<byte[], byte[]> agent;
        private boolean closed;

        Passing(String method, int number, ServerCall<byte[], byte[]> agent) {
            this.method = method;
            this.number = number;
            this.agent = agent;
        }

        ServerCall.Listener<byte[]> begin(ClientCall<byte[], byte[]> up, Metadata headers) {
            var authorization = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
            var sent = new Metadata();
            sent.put(authorization, String.valueOf(headers.get(authorization)));
            agent.sendHeaders(new Metadata());
            up.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(byte[] message) {
                            note("down", message);
                            down(message);
                            up.request(1);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end(status);
                        }
                    },
                    sent);
            up.request(16);
            agent.request(16);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    note("up", message);
                    up.sendMessage(message);
                    agent.request(1);
                }

                @Override
                public void onHalfClose() {
                    up.halfClose();
                }

                @Override
                public void onCancel() {
                    open.remove(Passing.this);
                    up.cancel("the agent is gone", null);
                }
            };
        }

        private void note(String direction, byte[] message) {
            lines.add(method + " " + number + " " + direction + " "
                    + Base64.getEncoder().encodeToString(message));
        }

        private synchronized void down(byte[] message) {
            if (!closed) {
                agent.sendMessage(message);
            }
        }

        private synchronized void end(Status status) {
            if (!closed) {
                closed = true;
                open.remove(this);
                agent.close(status, new Metadata());
            }
        }

        void cut() {
            end(Status.UNAVAILABLE);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        edge.shutdownNow();
    }
}
