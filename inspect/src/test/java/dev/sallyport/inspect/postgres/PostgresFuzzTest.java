package dev.sallyport.inspect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.database.Judged;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.sql.Reading;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/// Whatever either side says, the wire ends or goes on, and no text reaches the server that was blocked.
@Tag("fuzz")
class PostgresFuzzTest {

    @FuzzTest
    void whateverAClientSaysNothingBlockedReachesTheServer(byte[] bytes) {
        var one = Conversation.loggedIn(
                asked -> new Judged(new Verdict.Block("all", "no"), new Reading.Unread("no")), Masking.NONE);
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
        var one = Conversation.loggedIn(Conversation.ALLOW, Masking.NONE);
        one.client(Conversation.query("select 1"));
        one.server(bytes);
        var pieces = Conversation.loggedIn(Conversation.ALLOW, Masking.NONE).inPieces(1);
        pieces.client(Conversation.query("select 1"));
        pieces.server(bytes);
        assertThat(pieces.ended.isPresent()).isEqualTo(one.ended.isPresent());
    }

    @FuzzTest
    void whateverIsSaidAtTheStartTheWireEndsOrGoesOn(byte[] bytes) {
        var one = new Conversation(Conversation.ALLOW, Masking.NONE);
        one.client(bytes);
        assertThat(one.loggedIn).isFalse();
        assertThat(one.toServer.size()).isZero();
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
