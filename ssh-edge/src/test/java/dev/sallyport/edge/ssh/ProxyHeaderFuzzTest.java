package dev.sallyport.edge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/// Whatever stands at the beginning of a connection from a load balancer (attack class 13).
@Tag("fuzz")
class ProxyHeaderFuzzTest {

    /// However little of it has come, what is said then is never taken back.
    @FuzzTest
    void aHeaderIsReadOrRefusedHoweverItIsCut(byte[] bytes) {
        var whole = ProxyHeader.read(bytes);
        for (int length = 0; length < Math.min(bytes.length, ProxyHeader.LONGEST + 1); length++) {
            var part = ProxyHeader.read(Arrays.copyOf(bytes, length));
            if (!(part instanceof ProxyHeader.Incomplete)) {
                assertThat(part).isEqualTo(whole);
            }
        }
        switch (whole) {
            case ProxyHeader.Incomplete _ -> assertThat(bytes.length).isLessThan(ProxyHeader.LONGEST);
            case ProxyHeader.Bad _ -> {}
            case ProxyHeader.Local(int length) ->
                assertThat(length).isBetween(ProxyHeader.HEAD, Math.min(bytes.length, ProxyHeader.LONGEST));
            case ProxyHeader.Client(var address, int length) -> {
                assertThat(length).isBetween(ProxyHeader.HEAD, Math.min(bytes.length, ProxyHeader.LONGEST));
                assertThat(address.isUnresolved()).isFalse();
                assertThat(address.getPort()).isBetween(0, 65_535);
            }
        }
        if (!ProxyHeader.mayBegin(bytes)) {
            assertThat(whole).as("an SSH client's own words, or version 1").isEqualTo(new ProxyHeader.Bad());
        }
    }
}
