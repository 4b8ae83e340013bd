package dev.sallyport.core.connection;

import java.time.Duration;
import java.util.regex.Pattern;

/// One step of a connection's test, and how it went. The first that fails is the last.
///
/// An agent may be newer than who reads: names that are not among those here are shown as they are.
///
/// @param name such as [#LOGIN]
/// @param sentence what was found, for an admin; repeats neither secrets nor what a target says
public record TestStep(String name, boolean passed, String sentence, Duration took) {

    /// The agent is attached, and does tests.
    public static final String AGENT = "agent";

    /// The agent accepts the definition: signed, for it, no older than it has seen, of a type that it opens.
    public static final String DEFINITION = "definition";

    /// `custom`: there is the account to run as, and the agent may run programs as it.
    public static final String ACCOUNT = "account";

    /// Every reference leads to a secret.
    public static final String SECRETS = "secrets";

    /// `custom`: the account may run the program, in its directory.
    public static final String PROGRAM = "program";

    /// `ssh`: the agent knows at least one host key of the target.
    public static final String KNOWN_HOST_KEYS = "known_host_keys";

    /// `ssh`, `tcp`: the address answers.
    public static final String ADDRESS = "address";

    /// `ssh`: the target has shown a key that the connection trusts.
    public static final String HOST_KEY = "host_key";

    /// `ssh`: the target has let the agent in.
    public static final String LOGIN = "login";

    /// Most steps of one test.
    public static final int MOST = 16;

    /// Longest sentence, in characters.
    public static final int LONGEST = 512;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z_]{0,31}");

    public TestStep {
        if (!NAME.matcher(name).matches() || sentence.length() > LONGEST || took.isNegative()) {
            throw new IllegalArgumentException("a step has a name, a sentence of at most " + LONGEST
                    + " characters, and took no less than no time");
        }
    }

    public static TestStep passed(String name, String sentence, Duration took) {
        return new TestStep(name, true, cut(sentence), took);
    }

    public static TestStep failed(String name, String sentence, Duration took) {
        return new TestStep(name, false, cut(sentence), took);
    }

    private static String cut(String sentence) {
        if (sentence.length() <= LONGEST) {
            return sentence;
        }
        // not through the middle of a character
        int end = Character.isHighSurrogate(sentence.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
        return sentence.substring(0, end) + "…";
    }
}
