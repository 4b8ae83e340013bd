package dev.sallyport.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.proto.FrameMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;

/// Whatever a client and a target say to each other while the agent looks on (promise P9, attack class 21):
/// what is told does not depend on how the streams are cut, is one line of JSON that fits into a frame, and
/// little is remembered.
///
/// An input is a talk: a byte whose lowest bit says who speaks, two for how many bytes, those bytes, and so on.
@Tag("fuzz")
class TransferWatchFuzzTest {

    private record Spoken(boolean up, byte[] bytes) {}

    @FuzzTest
    void sftpIsToldTheSameHoweverItIsCut(byte[] bytes) {
        same(bytes, SftpWatch::new);
    }

    @FuzzTest
    void anScpUploadIsToldTheSameHoweverItIsCut(byte[] bytes) {
        same(bytes, () -> new ScpWatch(true));
    }

    @FuzzTest
    void anScpDownloadIsToldTheSameHoweverItIsCut(byte[] bytes) {
        same(bytes, () -> new ScpWatch(false));
    }

    @FuzzTest
    void aCommandIsWatchedOrNot(byte[] bytes) {
        var watch = Transfers.of(bytes, Optional.empty());
        watch.toTarget(bytes);
        watch.fromTarget(bytes);
        check(watch.passed());
        check(watch.last());
    }

    private static void same(byte[] bytes, Supplier<TransferWatch> watch) {
        var talk = talk(bytes);
        var whole = watch(watch.get(), talk, Integer.MAX_VALUE);
        check(whole);
        assertThat(watch(watch.get(), talk, 1)).isEqualTo(whole);
        assertThat(watch(watch.get(), talk, 7)).isEqualTo(whole);
    }

    private static List<Spoken> talk(byte[] bytes) {
        var talk = new ArrayList<Spoken>();
        var in = ByteBuffer.wrap(bytes);
        while (in.remaining() > 3) {
            boolean up = (in.get() & 1) == 0;
            var said = new byte[Math.min(in.getShort() & 0xffff, in.remaining())];
            in.get(said);
            talk.add(new Spoken(up, said));
        }
        return talk;
    }

    private static List<String> watch(TransferWatch watch, List<Spoken> talk, int piece) {
        var records = new ArrayList<String>();
        for (var spoken : talk) {
            for (int at = 0; at < spoken.bytes().length; at += Math.min(piece, spoken.bytes().length)) {
                int end = piece < spoken.bytes().length - at ? at + piece : spoken.bytes().length;
                var part = Arrays.copyOfRange(spoken.bytes(), at, end);
                if (spoken.up()) {
                    watch.toTarget(part);
                } else {
                    watch.fromTarget(part);
                }
                records.addAll(watch.passed());
                if (watch instanceof SftpWatch sftp) {
                    assertThat(sftp.remembered()).isLessThanOrEqualTo(SftpWatch.MOST_REMEMBERED);
                }
            }
        }
        records.addAll(watch.last());
        return records;
    }

    private static void check(List<String> records) {
        for (var line : records) {
            assertThat(line.length()).isLessThanOrEqualTo(FrameMapper.LONGEST_FILE);
            assertThat(line.chars().noneMatch(Character::isISOControl)).isTrue();
            assertThat(isObject(line)).as(line).isTrue();
            // what cannot be written as UTF-8 would arrive as something else
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(line))
                    .as(line)
                    .isTrue();
        }
    }

    /// Whether it is `{"key":VALUE,…}`, of which each value is a text, a number or a truth.
    private static boolean isObject(String line) {
        int at = 1;
        while (at < line.length()) {
            at = afterText(line, at);
            if (at < 0 || line.charAt(at) != ':') {
                return false;
            }
            at++;
            if (line.charAt(at) == '"') {
                at = afterText(line, at);
            } else {
                int start = at;
                while (at < line.length() && Character.isLetterOrDigit(line.charAt(at))) {
                    at++;
                }
                if (!line.substring(start, at).matches("[0-9]+|true|false")) {
                    return false;
                }
            }
            if (at < 0 || at >= line.length()) {
                return false;
            }
            if (line.charAt(at) == '}') {
                return at == line.length() - 1;
            }
            if (line.charAt(at) != ',') {
                return false;
            }
            at++;
        }
        return false;
    }

    private static int afterText(String line, int from) {
        if (line.charAt(from) != '"') {
            return -1;
        }
        int at = from + 1;
        while (at < line.length() && line.charAt(at) != '"') {
            if (line.charAt(at) == '\\') {
                at++;
                if (line.charAt(at) == 'u') {
                    if (!line.substring(at + 1, at + 5).matches("[0-9a-f]{4}")) {
                        return -1;
                    }
                    at += 4;
                } else if ("\"\\".indexOf(line.charAt(at)) < 0) {
                    return -1;
                }
            }
            at++;
        }
        return at < line.length() ? at + 1 : -1;
    }
}
