package dev.sallyport.tests.bench;

import dev.sallyport.tests.bed.FlightRecorder;
import dev.sallyport.tests.bed.Instance;
import dev.sallyport.tests.bed.Split;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Ten thousand connections that begin to speak and never finish, at the users' and at the agents' door (attack
/// classes 8 and 34; a thousand of each are a test), and what that costs who has business there.
final class Floods {

    private static final int CROWD = 10_000;
    private static final int LOGINS = 20;
    private static final int ADDRESSES = 250;

    private Floods() {}

    /// Half of what a client says first.
    private record Door(String name, int port, byte[] begun) {}

    static void run(Split split) throws Exception {
        var doors = List.of(
                new Door(
                        "users: a version that does not end",
                        split.control().port("ssh"),
                        "SSH-2.0-Half".getBytes(StandardCharsets.US_ASCII)),
                new Door("agents: half a ClientHello", split.control().port("agents"), new byte[] {
                    22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3
                }));
        System.out.println("| " + CROWD + " connections from " + ADDRESSES + " addresses | login before, ms, p50 "
                + "| login while they come | login when all have come | failed logins | taken | refused at once "
                + "| edge's descriptors before, with them, after | edge's heap before, with them, MiB |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (var door : doors) {
            run(split, door);
        }
    }

    private static void run(Split split, Door door) throws Exception {
        var failed = new ArrayList<String>();
        double before = logins(split, LOGINS, failed);
        long descriptorsBefore = descriptors(split.edge());
        long heapBefore = FlightRecorder.liveBytes(split.edge());
        var crowd = new ArrayList<SocketChannel>();
        var refused = new int[1];
        var coming = Thread.ofPlatform().start(() -> come(door, crowd, refused));
        var meanwhile = new Samples();
        while (coming.isAlive()) {
            meanwhile.add(logins(split, 1, failed));
        }
        double after = logins(split, LOGINS, failed);
        long descriptorsWith = descriptors(split.edge());
        long heapWith = FlightRecorder.liveBytes(split.edge());
        for (var one : crowd) {
            one.close();
        }
        while (descriptors(split.edge()) > descriptorsBefore + 8) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %.0f | %s | %.0f | %d | %d | %d | %d, %d, %d | %d, %d |%n",
                door.name(),
                before,
                meanwhile.count() == 0 ? "–" : String.format(Locale.ROOT, "%.0f", meanwhile.median()),
                after,
                failed.size(),
                crowd.size(),
                refused[0],
                descriptorsBefore,
                descriptorsWith,
                descriptors(split.edge()),
                heapBefore >> 20,
                heapWith >> 20);
        failed.stream().distinct().limit(3).forEach(System.out::println);
    }

    private static void come(Door door, List<SocketChannel> crowd, int[] refused) {
        for (int i = 0; i < CROWD; i++) {
            try {
                var one = SocketChannel.open();
                crowd.add(one);
                one.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                one.bind(new InetSocketAddress("127.0." + (1 + i % ADDRESSES / 50) + "." + (1 + i % 50), 0));
                one.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()));
                one.write(ByteBuffer.wrap(door.begun()));
            } catch (IOException e) {
                refused[0]++;
            }
        }
    }

    /// Median of so many logins that run a command, one after the other, in milliseconds.
    private static double logins(Split split, int count, List<String> failed) throws Exception {
        var samples = new Samples();
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            var ran = split.control().ssh("alice", "bash", "true").now();
            samples.add((System.nanoTime() - begin) / 1e6);
            if (ran.status() != 0) {
                failed.add(ran.err());
            }
        }
        return samples.median();
    }

    private static long descriptors(Instance part) throws IOException {
        try (var all = Files.list(Path.of("/proc/" + part.process().pid() + "/fd"))) {
            return all.count();
        }
    }
}
