package dev.sallyport.edge.agents;

import dev.sallyport.core.agent.AgentToken;
import dev.sallyport.proto.v1.AgentLinkGrpc;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets no call in without a token: the directory decides on `Attach`; every other call must come over a
/// connection whose agent has attached, with the same token.
final class TokenCheck extends ServerTransportFilter implements ServerInterceptor {

    /// Who calls.
    static final Context.Key<Caller> CALLER = Context.key("caller");

    /// @param token what it showed, to be asked for again
    record Caller(Peer peer, AgentDirectory.KnownAgent agent, String token) {}

    private static final Logger LOG = LoggerFactory.getLogger(TokenCheck.class);
    private static final Attributes.Key<Peer> PEER = Attributes.Key.create("peer");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    private final AgentDirectory directory;

    TokenCheck(AgentDirectory directory) {
        this.directory = directory;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        var remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        SocketAddress known = remote == null ? new InetSocketAddress(0) : remote;
        return attributes.toBuilder().set(PEER, new Peer(known)).build();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var peer = call.getAttributes().get(PEER);
        var token = token(headers);
        if (peer == null || token.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("an agent shows its token"));
        }
        Optional<AgentDirectory.KnownAgent> agent;
        if (call.getMethodDescriptor().equals(AgentLinkGrpc.getAttachMethod())) {
            try {
                agent = directory.authenticate(token.get());
            } catch (RuntimeException e) {
                LOG.warn("could not look up an agent's token", e);
                return refuse(call, Status.UNAVAILABLE.withDescription("tokens cannot be checked now; come back"));
            }
            agent.ifPresent(known -> peer.authenticated(known, token.get()));
        } else {
            agent = peer.showsAgain(token.get()) ? peer.instance().map(Instance::agent) : Optional.empty();
        }
        if (agent.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("this token lets nobody in"));
        }
        var context = Context.current().withValue(CALLER, new Caller(peer, agent.get(), token.get()));
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static Optional<String> token(Metadata headers) {
        var header = headers.get(AUTHORIZATION);
        if (header == null || !header.startsWith(BEARER) || header.length() > BEARER.length() + AgentToken.LONGEST) {
            return Optional.empty();
        }
        return Optional.of(header.substring(BEARER.length()));
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
