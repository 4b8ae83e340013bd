package dev.sallyport.agent.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TransferWatchTest {

    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    private record Spoken(boolean up, byte[] bytes) {}

    private static byte[] packet(int type, Content content) {
        try {
            var body = new ByteArrayOutputStream();
            var out = new DataOutputStream(body);
            out.writeByte(type);
            content.write(out);
            var whole = new ByteArrayOutputStream();
            new DataOutputStream(whole).writeInt(body.size());
            whole.writeBytes(body.toByteArray());
            return whole.toByteArray();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static List<Spoken> upload(byte[] content) {
        var talk = new ArrayList<Spoken>();
        talk.add(new Spoken(true, packet(1, out -> out.writeInt(3))));
        talk.add(new Spoken(false, packet(2, out -> out.writeInt(3))));
        talk.add(new Spoken(true, packet(3, out -> {
            out.writeInt(1);
            text(out, "/tmp/a\"\n\u001b[31m");
            out.writeInt(26);
            out.writeInt(0);
        })));
        talk.add(new Spoken(false, packet(102, out -> {
            out.writeInt(1);
            text(out, "h1");
        })));
        for (int at = 0; at < content.length; at += 32_768) {
            int from = at;
            talk.add(new Spoken(true, packet(6, out -> {
                out.writeInt(2);
                text(out, "h1");
                out.writeLong(from);
                int length = Math.min(32_768, content.length - from);
                out.writeInt(length);
                out.write(content, from, length);
            })));
        }
        talk.add(new Spoken(true, packet(4, out -> {
            out.writeInt(3);
            text(out, "h1");
        })));
        talk.add(new Spoken(false, packet(101, out -> {
            out.writeInt(3);
            out.writeInt(0);
            text(out, "");
            text(out, "");
        })));
        return talk;
    }

    private static List<String> watch(TransferWatch watch, List<Spoken> talk, int piece) {
        var records = new ArrayList<String>();
        for (var spoken : talk) {
            for (int at = 0; at < spoken.bytes().length; at += piece) {
                var part = Arrays.copyOfRange(spoken.bytes(), at, Math.min(spoken.bytes().length, at + piece));
                if (spoken.up()) {
                    watch.toTarget(part);
                } else {
                    watch.fromTarget(part);
                }
                records.addAll(watch.passed());
            }
        }
        records.addAll(watch.last());
        return records;
    }

    private static String hash(byte[] content) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(content));
    }

    @Test
    void anUploadBySftpIsNamedCountedAndHashedHoweverItIsCut() throws Exception {
        var content = new byte[100_000];
        new Random(3).nextBytes(content);
        for (int piece : new int[] {1, 3, 1000, 65_536}) {
            assertThat(watch(new SftpWatch(), upload(content), piece))
                    .containsExactly("{\"protocol\":\"sftp\",\"operation\":\"write\","
                            + "\"path\":\"/tmp/a\\\"\\u000a\\u001b[31m\",\"bytes\":100000,\"sha256\":\"" + hash(content)
                            + "\",\"complete\":true,\"result\":\"ok\"}");
        }
    }

    @Test
    void anUploadThatIsCutOffIsNotComplete() {
        var talk = upload(new byte[50_000]);
        for (int end = 4; end < talk.size() - 1; end++) {
            assertThat(watch(new SftpWatch(), talk.subList(0, end), 700))
                    .singleElement()
                    .asString()
                    .contains("\"complete\":false");
        }
    }

    @Test
    void garbageIsToldOnceAndHarmsNothing() {
        var random = new Random(11);
        for (int i = 0; i < 2_000; i++) {
            var garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            if (garbage.length > 4 && i % 2 == 0) {
                garbage[0] = 0;
                garbage[1] = 0;
                garbage[2] = 0;
            }
            for (var watch : List.of(new SftpWatch(), new ScpWatch(true), new ScpWatch(false))) {
                assertThat(watch(watch, List.of(new Spoken(true, garbage), new Spoken(false, garbage)), 7).stream()
                                .filter(record -> record.contains("could not be followed")))
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aFloodOfLongNamesThatNobodyAnswersIsNotRemembered() {
        var watch = new SftpWatch();
        var name = "n".repeat(6_000);
        var records = new ArrayList<String>();
        for (int id = 0; id < 4_000; id++) {
            int number = id;
            watch.toTarget(packet(18, out -> {
                out.writeInt(number);
                text(out, name);
                text(out, name);
            }));
            records.addAll(watch.passed());
            assertThat(watch.remembered()).isLessThanOrEqualTo(SftpWatch.MOST_REMEMBERED);
        }
        assertThat(records).singleElement().asString().contains("could not be followed");
    }

    @Test
    void aFileWhoseHandleIsGivenAwayAnewIsTold() {
        var talk = new ArrayList<Spoken>();
        for (int id = 1; id <= 2; id++) {
            int number = id;
            talk.add(new Spoken(true, packet(3, out -> {
                out.writeInt(number);
                text(out, "file" + number);
                out.writeInt(26);
                out.writeInt(0);
            })));
            talk.add(new Spoken(false, packet(102, out -> {
                out.writeInt(number);
                text(out, "h");
            })));
        }
        assertThat(watch(new SftpWatch(), talk, 100))
                .satisfiesExactly(
                        line -> assertThat(line).contains("file1").contains("\"complete\":false"),
                        line -> assertThat(line).contains("file2").contains("\"complete\":false"));
    }

    @Test
    void scpInBothDirectionsIsNamedCountedAndHashed() throws Exception {
        var content = "hello scp".getBytes(StandardCharsets.US_ASCII);
        for (boolean upload : new boolean[] {true, false}) {
            for (int piece : new int[] {1, 2, 100}) {
                var watch = Transfers.of(
                        (upload ? "scp -r -t /tmp" : "scp -r -f /tmp/d").getBytes(StandardCharsets.US_ASCII),
                        Optional.empty());
                var talk = List.of(
                        new Spoken(!upload, new byte[1]),
                        new Spoken(upload, "D0755 0 d\n".getBytes(StandardCharsets.US_ASCII)),
                        new Spoken(!upload, new byte[1]),
                        new Spoken(upload, "T1 0 1 0\nC0644 9 a b\n".getBytes(StandardCharsets.US_ASCII)),
                        new Spoken(!upload, new byte[1]),
                        new Spoken(upload, content),
                        new Spoken(upload, new byte[1]),
                        new Spoken(!upload, new byte[1]),
                        new Spoken(upload, "C0644 5 no\n".getBytes(StandardCharsets.US_ASCII)),
                        new Spoken(!upload, "\u0001scp: no: Permission denied\n".getBytes(StandardCharsets.US_ASCII)),
                        new Spoken(upload, "E\nC0600 0 empty\n".getBytes(StandardCharsets.US_ASCII)),
                        new Spoken(!upload, new byte[1]),
                        new Spoken(upload, new byte[1]));
                var operation = upload ? "write" : "read";
                assertThat(watch(watch, talk, piece))
                        .containsExactly(
                                "{\"protocol\":\"scp\",\"operation\":\"" + operation
                                        + "\",\"path\":\"d/a b\",\"bytes\":9,\"sha256\":\"" + hash(content)
                                        + "\",\"complete\":true,\"result\":\"ok\"}",
                                "{\"protocol\":\"scp\",\"operation\":\"" + operation
                                        + "\",\"path\":\"d/no\",\"result\":\"refused\"}",
                                "{\"protocol\":\"scp\",\"operation\":\"" + operation
                                        + "\",\"path\":\"empty\",\"bytes\":0,\"sha256\":\"" + hash(new byte[0])
                                        + "\",\"complete\":true,\"result\":\"ok\"}");
            }
        }
    }

    @Test
    void rsyncAndGitAreKnownByTheirCommand() {
        var rsync = Transfers.of(
                "rsync --server -e.iLsfxCIvu . /tmp".getBytes(StandardCharsets.US_ASCII), Optional.empty());
        assertThat(rsync.passed())
                .containsExactly("{\"protocol\":\"rsync\",\"operation\":\"write\","
                        + "\"command\":\"rsync --server -e.iLsfxCIvu . /tmp\"}");
        assertThat(rsync.passed()).isEmpty();
        var git = Transfers.of("git-upload-pack '/srv/x.git'".getBytes(StandardCharsets.US_ASCII), Optional.empty());
        assertThat(git.last()).singleElement().asString().contains("\"operation\":\"upload-pack\"");
    }
}
