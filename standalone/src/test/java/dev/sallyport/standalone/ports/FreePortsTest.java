package dev.sallyport.standalone.ports;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

final class FreePortsTest {

    @Test
    void eachIsAnotherAndNoneIsOneThatTheKernelGivesAway() throws Exception {
        var seen = new HashSet<Integer>();
        for (int i = 0; i < 100; i++) {
            int port = FreePorts.next();
            assertThat(seen.add(port)).as("port %d", port).isTrue();
            assertThat(port).isBetween(FreePorts.LOWEST, FreePorts.PAST_HIGHEST - 1);
        }
    }

    @Test
    void onePortThatIsTakenIsPassedOver() throws Exception {
        int next = FreePorts.next() + 1;
        try (var _ = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
            assertThat(FreePorts.next()).isNotEqualTo(next);
        }
    }
}
