package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Tokens that their issuers let begin with a prefix, at the start of a word.
///
/// A token takes every byte of its alphabet that follows, and no byte of that alphabet stands before it, so that each
/// byte is looked at once for each form.
final class TokenForms {

    /// What follows a prefix.
    enum Alphabet {
        ALNUM,
        /// `A-Za-z0-9_-`
        URL,
        HEX,
        /// `A-Z2-7`
        BASE32,
        /// `A-Za-z0-9_-.`
        DOTTED
    }

    /// @param least how many bytes follow the prefix at least
    /// @param most after so many the token must be at its end
    record Form(EntityType type, String prefix, Alphabet alphabet, int least, int most) {}

    private static final int ANY = Integer.MAX_VALUE;

    static final List<Form> ALL = List.of(
            new Form(EntityType.AWS_ACCESS_KEY, "AKIA", Alphabet.BASE32, 16, 16),
            new Form(EntityType.AWS_ACCESS_KEY, "ASIA", Alphabet.BASE32, 16, 16),
            new Form(EntityType.GOOGLE_KEY, "AIza", Alphabet.URL, 35, 35),
            new Form(EntityType.GOOGLE_KEY, "GOCSPX-", Alphabet.URL, 20, ANY),
            new Form(EntityType.GOOGLE_KEY, "ya29.", Alphabet.URL, 20, ANY),
            new Form(EntityType.GITHUB_TOKEN, "ghp_", Alphabet.ALNUM, 36, ANY),
            new Form(EntityType.GITHUB_TOKEN, "gho_", Alphabet.ALNUM, 36, ANY),
            new Form(EntityType.GITHUB_TOKEN, "ghu_", Alphabet.ALNUM, 36, ANY),
            new Form(EntityType.GITHUB_TOKEN, "ghs_", Alphabet.ALNUM, 36, ANY),
            new Form(EntityType.GITHUB_TOKEN, "ghr_", Alphabet.ALNUM, 36, ANY),
            new Form(EntityType.GITHUB_TOKEN, "github_pat_", Alphabet.URL, 22, ANY),
            new Form(EntityType.GITLAB_TOKEN, "glpat-", Alphabet.URL, 20, ANY),
            new Form(EntityType.GITLAB_TOKEN, "gldt-", Alphabet.URL, 20, ANY),
            new Form(EntityType.GITLAB_TOKEN, "glrt-", Alphabet.URL, 20, ANY),
            new Form(EntityType.SLACK_TOKEN, "xoxb-", Alphabet.URL, 10, ANY),
            new Form(EntityType.SLACK_TOKEN, "xoxp-", Alphabet.URL, 10, ANY),
            new Form(EntityType.SLACK_TOKEN, "xoxa-", Alphabet.URL, 10, ANY),
            new Form(EntityType.SLACK_TOKEN, "xoxr-", Alphabet.URL, 10, ANY),
            new Form(EntityType.SLACK_TOKEN, "xoxs-", Alphabet.URL, 10, ANY),
            new Form(EntityType.SLACK_TOKEN, "xapp-", Alphabet.URL, 10, ANY),
            new Form(EntityType.STRIPE_KEY, "sk_live_", Alphabet.ALNUM, 16, ANY),
            new Form(EntityType.STRIPE_KEY, "sk_test_", Alphabet.ALNUM, 16, ANY),
            new Form(EntityType.STRIPE_KEY, "rk_live_", Alphabet.ALNUM, 16, ANY),
            new Form(EntityType.STRIPE_KEY, "rk_test_", Alphabet.ALNUM, 16, ANY),
            new Form(EntityType.STRIPE_KEY, "whsec_", Alphabet.ALNUM, 24, ANY),
            new Form(EntityType.AI_API_KEY, "sk-", Alphabet.URL, 20, ANY),
            new Form(EntityType.AI_API_KEY, "hf_", Alphabet.ALNUM, 30, ANY),
            new Form(EntityType.AI_API_KEY, "gsk_", Alphabet.ALNUM, 40, ANY),
            new Form(EntityType.SERVICE_TOKEN, "npm_", Alphabet.ALNUM, 36, ANY),
            new Form(EntityType.SERVICE_TOKEN, "pypi-", Alphabet.URL, 40, ANY),
            new Form(EntityType.SERVICE_TOKEN, "SG.", Alphabet.DOTTED, 40, ANY),
            new Form(EntityType.SERVICE_TOKEN, "hvs.", Alphabet.URL, 24, ANY),
            new Form(EntityType.SERVICE_TOKEN, "dop_v1_", Alphabet.HEX, 64, 64),
            new Form(EntityType.SERVICE_TOKEN, "shpat_", Alphabet.HEX, 32, 32),
            new Form(EntityType.SERVICE_TOKEN, "shpss_", Alphabet.HEX, 32, 32),
            new Form(EntityType.SERVICE_TOKEN, "dapi", Alphabet.HEX, 32, 32));

    /// The forms by the first byte of their prefix, with the prefix in bytes.
    private final Prepared[][] byFirst = new Prepared[128][];

    private record Prepared(Form form, byte[] prefix) {}

    TokenForms(Set<EntityType> types) {
        var lists = new ArrayList<List<Prepared>>();
        for (int i = 0; i < byFirst.length; i++) {
            lists.add(new ArrayList<>());
        }
        for (var form : ALL) {
            if (types.contains(form.type())) {
                lists.get(form.prefix().charAt(0))
                        .add(new Prepared(form, form.prefix().getBytes(StandardCharsets.US_ASCII)));
            }
        }
        for (int i = 0; i < byFirst.length; i++) {
            byFirst[i] = lists.get(i).toArray(Prepared[]::new);
        }
    }

    /// Looks at the word that begins at `start`.
    void find(byte[] b, int from, int to, int start, Findings found) {
        for (var prepared : byFirst[b[start]]) {
            // first whether it may begin here: only then does no byte belong to two runs
            if (Bytes.is(b, start, to, prepared.prefix) && opens(b, from, start, prepared.form.alphabet())) {
                var form = prepared.form;
                int body = start + prepared.prefix.length;
                int end = body;
                while (end < to && has(form.alphabet(), b[end])) {
                    end++;
                }
                if (form.alphabet() == Alphabet.DOTTED) {
                    while (end > body && b[end - 1] == '.') {
                        end--;
                    }
                }
                int length = end - body;
                if (length >= form.least() && length <= form.most() && Bytes.closes(b, end, to)) {
                    found.add(form.type(), start, end);
                }
            }
        }
    }

    private static boolean opens(byte[] b, int from, int start, Alphabet alphabet) {
        return start == from
                || (!has(alphabet, b[start - 1]) && !Bytes.alnum(b[start - 1]))
                || Bytes.escaped(b, from, start - 1);
    }

    static boolean has(Alphabet alphabet, byte b) {
        return switch (alphabet) {
            case ALNUM -> Bytes.alnum(b);
            case URL -> Bytes.alnum(b) || b == '_' || b == '-';
            case HEX -> Bytes.hex(b) >= 0;
            case BASE32 -> Bytes.upper(b) || (b >= '2' && b <= '7');
            case DOTTED -> Bytes.alnum(b) || b == '_' || b == '-' || b == '.';
        };
    }
}
