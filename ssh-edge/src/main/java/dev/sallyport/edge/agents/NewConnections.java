package dev.sallyport.edge.agents;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections to the agents' port that carry no attached agent yet, or those to the port for other edges
/// whose handshake is not over, and their bounds.
///
/// When there are too many, the oldest one goes, never the newest: an agent needs milliseconds from connecting
/// to attaching, so it gets in while somebody else opens connections and says nothing. Who has not attached
/// after [#LONGEST] goes too.
final class NewConnections {

    /// Most connections without an attached agent, in all (`agents.unattached`).
    static final int MOST = 500;

    /// Most of them from one address.
    static final int MOST_PER_ADDRESS = 250;

    /// How long a connection may be without an attached agent.
    static final Duration LONGEST = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(NewConnections.class);

    private final LongSupplier nanos;
    private final Map<SocketAddress, Channel> alive = new HashMap<>();
    private final LinkedHashMap<SocketAddress, Long> waiting = new LinkedHashMap<>();
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();
    private long dropped;

    NewConnections(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// A server channel whose connections are counted here.
    ServerChannel serverChannel() {
        return new Counted();
    }

    /// An agent has attached over the connection from `remote`.
    synchronized void attached(SocketAddress remote) {
        stopWaiting(remote);
    }

    /// The agent is no longer attached over it; it may attach again.
    synchronized void unattached(SocketAddress remote) {
        if (alive.containsKey(remote) && waiting.putIfAbsent(remote, nanos.getAsLong()) == null) {
            perAddress.merge(address(remote), 1, Integer::sum);
        }
    }

    /// Drops who has waited too long. To be called each second.
    void tick() {
        long now = nanos.getAsLong();
        var late = new ArrayList<Channel>();
        synchronized (this) {
            for (var entry : new ArrayList<>(waiting.entrySet())) {
                if (now - entry.getValue() > LONGEST.toNanos()) {
                    drop(entry.getKey(), late);
                }
            }
        }
        late.forEach(NewConnections::close);
    }

    /// How many wait now, for tests and metrics.
    synchronized int waiting() {
        return waiting.size();
    }

    /// How many were dropped so far.
    synchronized long dropped() {
        return dropped;
    }

    private void opened(Channel channel, SocketAddress remote) {
        var tooMany = new ArrayList<Channel>();
        synchronized (this) {
            alive.put(remote, channel);
            waiting.put(remote, nanos.getAsLong());
            var address = address(remote);
            int ofAddress = perAddress.merge(address, 1, Integer::sum);
            if (ofAddress > MOST_PER_ADDRESS) {
                for (var oldest : waiting.keySet()) {
                    if (address(oldest).equals(address)) {
                        drop(oldest, tooMany);
                        break;
                    }
                }
            } else if (waiting.size() > MOST) {
                drop(waiting.firstEntry().getKey(), tooMany);
            }
        }
        var _ = channel.closeFuture().addListener(future -> closed(remote, channel));
        tooMany.forEach(NewConnections::close);
    }

    private synchronized void closed(SocketAddress remote, Channel channel) {
        if (alive.remove(remote, channel)) {
            stopWaiting(remote);
        }
    }

    private void drop(SocketAddress remote, List<Channel> into) {
        stopWaiting(remote);
        dropped++;
        var channel = alive.get(remote);
        if (channel != null) {
            into.add(channel);
        }
    }

    private void stopWaiting(SocketAddress remote) {
        if (waiting.remove(remote) != null) {
            perAddress.computeIfPresent(address(remote), (address, count) -> count > 1 ? count - 1 : null);
        }
    }

    /// Closes a connection, also one that no event loop has yet: such a one must not be asked politely, it
    /// throws, and what a server channel's read throws closes the whole port.
    private static void close(Channel channel) {
        if (channel.isRegistered()) {
            var _ = channel.close();
        } else {
            channel.unsafe().closeForcibly();
        }
    }

    private static InetAddress address(SocketAddress remote) {
        return ((InetSocketAddress) remote).getAddress();
    }

    private final class Counted extends NioServerSocketChannel {

        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int count = super.doReadMessages(accepted);
            // the list keeps what earlier reads of the same turn accepted
            for (var message : accepted.subList(accepted.size() - Math.max(count, 0), accepted.size())) {
                var channel = (Channel) message;
                try {
                    var remote = channel.remoteAddress();
                    if (remote == null) {
                        // it is gone already
                        NewConnections.close(channel);
                    } else {
                        opened(channel, remote);
                    }
                } catch (RuntimeException e) {
                    // one connection's trouble, not the port's
                    LOG.warn("could not count a connection", e);
                    channel.unsafe().closeForcibly();
                }
            }
            return count;
        }
    }
}
