package dev.sallyport.inspect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.ServerLogin;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// Whatever either side says, the wire ends or goes on, and no text reaches the server that was blocked.
@Tag("fuzz")
class MysqlFuzzTest {

    @FuzzTest
    void whateverAClientSaysNothingBlockedReachesTheServer(byte[] bytes) {
        var one = Conversation.loggedIn(
                asked -> new Judged(new Verdict.Block("all", "no"), Readings.UNREAD), Masking.NONE);
        one.client(bytes);
        for (var asked : one.asked) {
            // a text shorter than that can be anywhere by chance
            if (asked.bytes().length > 8) {
                assertThat(indexOf(one.toServer.toByteArray(), asked.bytes()))
                        .as("a blocked text was sent")
                        .isNegative();
            }
        }
    }

    @FuzzTest
    void whateverAServerSaysTheWireEndsOrGoesOn(byte[] bytes) {
        var one = Conversation.loggedIn(Readings.ALLOW, new Marks());
        one.client(Conversation.query("select 1"));
        one.server(bytes);
        var pieces = Conversation.loggedIn(Readings.ALLOW, new Marks()).inPieces(1);
        pieces.client(Conversation.query("select 1"));
        pieces.server(bytes);
        assertThat(pieces.ended.isPresent()).isEqualTo(one.ended.isPresent());
        assertThat(pieces.toServer.toByteArray()).isEqualTo(one.toServer.toByteArray());
    }

    @FuzzTest
    void whateverIsSaidAtTheStartTheWireEndsOrGoesOn(byte[] bytes) {
        var one = new Conversation(Readings.ALLOW, Masking.NONE);
        one.client(bytes);
        assertThat(one.loggedIn).isFalse();
        assertThat(one.toServer.size()).isZero();
    }

    @FuzzTest
    void whateverAServerSaysOfALoginItIsNotSentThePassword(byte[] bytes) {
        var one = new Conversation(Readings.ALLOW, Masking.NONE);
        one.client(Conversation.login(Conversation.CLIENT, Optional.of(ClientProof.NATIVE)));
        one.connected(ServerLogin.Tls.DISABLE, true);
        one.server(bytes);
        assertThat(indexOf(one.toServer.toByteArray(), Conversation.ascii(Conversation.PASSWORD)))
                .isNegative();
    }

    private static int indexOf(byte[] in, byte[] what) {
        for (int at = 0; at + what.length <= in.length; at++) {
            if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        return -1;
    }
}
