package dev.sallyport.core.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts a stream of PostgreSQL's SQL into statements, at each `;` that ends one: not in strings, quoted names,
/// comments,
/// dollar quotes, or the body of a routine in SQL (`begin atomic … end`).
///
/// Nothing hangs on it but where an error stops: each piece is judged as it is sent.
public final class SqlSplitter {

    /// Longest statement, in characters.
    public static final int LONGEST = 8 << 20;

    private enum In {
        TEXT,
        STRING,
        ESCAPES,
        NAME,
        LINE,
        COMMENT,
        DOLLARS
    }

    private final StringBuilder statement = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private final List<String> firstWords = new ArrayList<>();
    private In in = In.TEXT;
    private int commentDepth;
    private int bodyDepth;
    private String tag = "";
    private boolean hasText;
    private boolean escaped;
    private char before;

    /// A statement that is longer than any is.
    public static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;

        TooLong() {
            super("a statement has at most " + LONGEST + " characters", null, false, false);
        }
    }

    /// Takes what comes next, and returns the statements that end in it.
    public List<String> take(CharSequence text) throws TooLong {
        var done = new ArrayList<String>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            statement.append(c);
            if (statement.length() > LONGEST) {
                throw new TooLong();
            }
            boolean ends = step(c);
            before = c;
            if (ends) {
                end(done);
            }
        }
        return done;
    }

    /// What is left when nothing more comes.
    public List<String> rest() {
        var done = new ArrayList<String>();
        end(done);
        return done;
    }

    private void end(List<String> done) {
        if (hasText) {
            done.add(statement.toString().strip());
        }
        statement.setLength(0);
        word.setLength(0);
        firstWords.clear();
        in = In.TEXT;
        commentDepth = 0;
        bodyDepth = 0;
        hasText = false;
        before = 0;
    }

    private boolean step(char c) {
        switch (in) {
            case TEXT -> {
                return text(c);
            }
            case STRING -> in = c == '\'' ? In.TEXT : in;
            case ESCAPES -> {
                if (escaped) {
                    escaped = false;
                } else if (c == '\\') {
                    escaped = true;
                } else if (c == '\'') {
                    in = In.TEXT;
                }
            }
            case NAME -> in = c == '"' ? In.TEXT : in;
            case LINE -> in = c == '\n' ? In.TEXT : in;
            case COMMENT -> comment(c);
            case DOLLARS -> {
                if (c == '$' && statement.length() >= 2 * tag.length() && endsWithTag()) {
                    in = In.TEXT;
                }
            }
        }
        return false;
    }

    private boolean endsWithTag() {
        return statement.lastIndexOf(tag) == statement.length() - tag.length();
    }

    private void comment(char c) {
        if (before == '/' && c == '*') {
            commentDepth++;
        } else if (before == '*' && c == '/') {
            commentDepth--;
            if (commentDepth == 0) {
                in = In.TEXT;
            }
        }
    }

    private boolean text(char c) {
        if (Character.isLetterOrDigit(c) || c == '_') {
            word.append(c);
            hasText = true;
            return false;
        }
        var last = word.toString();
        if (c == '\'') {
            in = last.equalsIgnoreCase("e") ? In.ESCAPES : In.STRING;
        } else if (c == '"') {
            in = In.NAME;
        } else if (c == '-' && before == '-') {
            in = In.LINE;
        } else if (c == '*' && before == '/') {
            in = In.COMMENT;
            commentDepth = 1;
        } else if (c == '$' && beginsDollars()) {
            in = In.DOLLARS;
        }
        wordEnds(last);
        if (c == ';' && bodyDepth == 0) {
            return true;
        }
        hasText |= !Character.isWhitespace(c) && in != In.LINE && in != In.COMMENT && c != '-' && c != '/' && c != ';';
        return false;
    }

    /// Whether this `$` ends the opening of a dollar quote: `$$` or `$tag$`, not within a name.
    private boolean beginsDollars() {
        int open = statement.lastIndexOf("$", statement.length() - 2);
        if (open < 0) {
            return false;
        }
        var name = statement.substring(open + 1, statement.length() - 1);
        boolean inName = open > 0 && Character.isJavaIdentifierPart(statement.charAt(open - 1));
        boolean fits = name.isEmpty()
                || (!Character.isDigit(name.charAt(0))
                        && name.chars().allMatch(letter -> Character.isLetterOrDigit(letter) || letter == '_'));
        if (inName || !fits) {
            return false;
        }
        tag = "$" + name + "$";
        return true;
    }

    /// Counts into bodies of routines, as `psql` does.
    private void wordEnds(String last) {
        word.setLength(0);
        if (last.isEmpty()) {
            return;
        }
        var lower = last.toLowerCase(Locale.ROOT);
        if (firstWords.size() < 4) {
            firstWords.add(lower);
        }
        boolean routine = firstWords.getFirst().equals("create")
                && (firstWords.contains("function") || firstWords.contains("procedure"));
        if (!routine) {
            return;
        }
        switch (lower) {
            case "begin" -> bodyDepth++;
            case "case" -> bodyDepth += bodyDepth > 0 ? 1 : 0;
            case "end" -> bodyDepth = Math.max(0, bodyDepth - 1);
            default -> {
                // another word
            }
        }
    }
}
