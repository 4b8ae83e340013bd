package dev.sallyport.core.policy;

import dev.sallyport.core.id.GuardrailId;
import dev.sallyport.core.id.TenantId;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The bytes of a [PolicyDocument] that are signed.
///
/// UTF-8 lines `key value`, the value URL-encoded, between a head and an end. A `guardrail` or `masking` line begins
/// one, and the lines below belong to it, up to the next. A document is written in one way only, and a reader takes
/// no other: an agent must not enforce a policy of which it leaves something out.
final class PolicyText {

    private static final String HEAD = "sallyport-policy 1";
    private static final String END = "end";
    private static final String GUARDRAIL = "guardrail";
    private static final String MASKING = "masking";

    private PolicyText() {}

    private record Line(String key, String value) {}

    static byte[] write(PolicyDocument document) {
        var lines = new ArrayList<Line>();
        lines.add(new Line("tenant", document.tenant().value()));
        lines.add(new Line("version", Long.toString(document.version())));
        for (var guardrail : document.guardrails()) {
            lines.add(new Line(GUARDRAIL, guardrail.id().value()));
            lines.add(new Line("name", guardrail.name()));
            place(lines, guardrail.description(), guardrail.order(), guardrail.version());
            lines.add(new Line("enabled", Boolean.toString(guardrail.enabled())));
            reach(lines, guardrail.reach());
            lines.add(new Line("rules", guardrail.rules()));
        }
        for (var placed : document.masking()) {
            lines.add(new Line(MASKING, placed.rule().id().value()));
            place(lines, placed.description(), placed.order(), placed.version());
            placed.rule().write().forEach(line -> lines.add(new Line("rule", line)));
        }
        var text = new StringBuilder(HEAD).append('\n');
        lines.forEach(line -> text.append(line.key())
                .append(' ')
                .append(URLEncoder.encode(line.value(), StandardCharsets.UTF_8))
                .append('\n'));
        return text.append(END).append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void place(List<Line> lines, String description, int order, long version) {
        lines.add(new Line("description", description));
        lines.add(new Line("order", Integer.toString(order)));
        lines.add(new Line("revision", Long.toString(version)));
    }

    private static void reach(List<Line> lines, Reach reach) {
        new TreeSet<>(reach.connections()).forEach(name -> lines.add(new Line("connection", name)));
        new TreeMap<>(reach.tags()).forEach((key, value) -> lines.add(new Line("tag", key + "=" + value)));
        new TreeSet<>(reach.groups()).forEach(group -> lines.add(new Line("group", group)));
    }

    static PolicyDocument read(byte[] bytes) throws BadPolicy {
        if (bytes.length > PolicyDocument.LONGEST) {
            throw new BadPolicy("the tenant's policy is longer than " + PolicyDocument.LONGEST + " bytes");
        }
        try {
            var document = document(lines(new String(bytes, StandardCharsets.UTF_8)));
            if (!Arrays.equals(write(document), bytes)) {
                throw new IllegalArgumentException("a policy is written in one way only");
            }
            return document;
        } catch (IllegalArgumentException e) {
            throw new BadPolicy("the tenant's policy cannot be read", e);
        }
    }

    private static List<Line> lines(String text) {
        var lines = text.split("\n", -1);
        int last = lines.length - 2;
        if (last < 1 || !lines[0].equals(HEAD) || !lines[last].equals(END) || !lines[last + 1].isEmpty()) {
            throw new IllegalArgumentException("not a policy");
        }
        var read = new ArrayList<Line>();
        for (int i = 1; i < last; i++) {
            int blank = lines[i].indexOf(' ');
            if (blank < 1) {
                throw new IllegalArgumentException("a line without a value");
            }
            read.add(new Line(
                    lines[i].substring(0, blank),
                    URLDecoder.decode(lines[i].substring(blank + 1), StandardCharsets.UTF_8)));
        }
        return read;
    }

    private static PolicyDocument document(List<Line> lines) {
        var guardrails = new ArrayList<Guardrail>();
        var masking = new ArrayList<PlacedMaskingRule>();
        int at = begin(lines, 0);
        var head = new Block(lines.subList(0, at));
        while (at < lines.size()) {
            int next = begin(lines, at + 1);
            var block = new Block(lines.subList(at + 1, next));
            if (lines.get(at).key().equals(GUARDRAIL)) {
                guardrails.add(guardrail(new GuardrailId(lines.get(at).value()), block));
            } else {
                masking.add(new PlacedMaskingRule(
                        MaskingRule.read(block.list("rule")),
                        block.one("description"),
                        Integer.parseInt(block.one("order")),
                        Long.parseLong(block.one("revision"))));
            }
            at = next;
        }
        return new PolicyDocument(
                new TenantId(head.one("tenant")), Long.parseLong(head.one("version")), guardrails, masking);
    }

    /// Where the next guardrail or masking rule begins, from there on.
    private static int begin(List<Line> lines, int from) {
        int at = from;
        while (at < lines.size()
                && !lines.get(at).key().equals(GUARDRAIL)
                && !lines.get(at).key().equals(MASKING)) {
            at++;
        }
        return at;
    }

    private static Guardrail guardrail(GuardrailId id, Block block) {
        var tags = new TreeMap<String, String>();
        for (var tag : block.list("tag")) {
            int equals = tag.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("a tag is key=value");
            }
            tags.put(tag.substring(0, equals), tag.substring(equals + 1));
        }
        return new Guardrail(
                id,
                block.one("name"),
                block.one("description"),
                block.one("rules"),
                new Reach(new HashSet<>(block.list("connection")), tags, new HashSet<>(block.list("group"))),
                Integer.parseInt(block.one("order")),
                Boolean.parseBoolean(block.one("enabled")),
                Long.parseLong(block.one("revision")));
    }

    /// Lines that belong together. What of them nobody asks for is found by writing the document again.
    private static final class Block {

        private final Map<String, List<String>> values = new HashMap<>();

        Block(List<Line> lines) {
            lines.forEach(line ->
                    values.computeIfAbsent(line.key(), _ -> new ArrayList<>()).add(line.value()));
        }

        String one(String key) {
            var list = list(key);
            if (list.size() != 1) {
                throw new IllegalArgumentException("one " + key + " is expected");
            }
            return list.getFirst();
        }

        List<String> list(String key) {
            return values.getOrDefault(key, List.of());
        }
    }
}
