package dev.sallyport.core.statement;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/// Takes a statement's text apart into the words by which it is found.
///
/// Words are in lower case; names are split at their dots, and keep their underscores. Numbers and what stands between
/// single quotes are left out: they are values, and there would be no end of them. This is no parser of SQL: where a
/// dialect reads a quote in another way, some words more or fewer are found, and the text is what a search is held to.
public final class StatementWords {

    /// Most words by which one statement is found.
    public static final int MOST = 24;

    /// Shortest and longest word that is looked up; of a longer one, this beginning is the word.
    static final int SHORTEST = 2;

    static final int LONGEST = 64;

    /// Words that most statements have. Operations are none of them: `drop`, `truncate`, `grant`, `delete` and so on
    /// are what people look for.
    private static final Set<String> COMMON = Set.of(
            "select",
            "from",
            "where",
            "and",
            "or",
            "not",
            "in",
            "is",
            "as",
            "on",
            "by",
            "of",
            "to",
            "the",
            "null",
            "join",
            "inner",
            "left",
            "right",
            "outer",
            "order",
            "group",
            "limit",
            "offset",
            "asc",
            "desc",
            "values",
            "into",
            "set",
            "like",
            "between",
            "exists",
            "case",
            "when",
            "then",
            "else",
            "end",
            "distinct",
            "having",
            "union",
            "all",
            "any",
            "with",
            "using",
            "true",
            "false",
            "count",
            "if");

    private StatementWords() {}

    /// The words by which a text is found: the first [#MOST] different ones that are not common.
    public static Set<String> indexed(String text) {
        var words = new LinkedHashSet<String>();
        collect(text, words, MOST, false);
        return words;
    }

    /// All words of a text, common ones too.
    static Set<String> all(String text) {
        var words = new LinkedHashSet<String>();
        collect(text, words, Integer.MAX_VALUE, true);
        return words;
    }

    /// Whether a search can look this word up.
    static boolean isIndexed(String word) {
        return word.length() >= SHORTEST && !COMMON.contains(word);
    }

    private static void collect(String text, Collection<String> words, int most, boolean common) {
        int at = 0;
        while (at < text.length() && words.size() < most) {
            int c = text.codePointAt(at);
            if (c == '\'') {
                at = afterLiteral(text, at);
            } else if (Character.isDigit(c)) {
                at = afterWord(text, at);
            } else if (begins(c)) {
                int end = afterWord(text, at);
                var word = word(text.substring(at, end));
                if (common || isIndexed(word)) {
                    words.add(word);
                }
                at = end;
            } else {
                at += Character.charCount(c);
            }
        }
    }

    private static String word(String written) {
        var word = written.toLowerCase(Locale.ROOT);
        if (word.length() <= LONGEST) {
            return word;
        }
        return word.substring(0, Character.isHighSurrogate(word.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST);
    }

    /// Behind a literal: two quotes are one quote in it. One that does not end goes to the end of the text.
    private static int afterLiteral(String text, int from) {
        int at = from + 1;
        while (at < text.length()) {
            if (text.charAt(at) != '\'') {
                at++;
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '\'') {
                at += 2;
            } else {
                return at + 1;
            }
        }
        return at;
    }

    private static int afterWord(String text, int from) {
        int at = from;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (!begins(c) && !Character.isDigit(c) && Character.getType(c) != Character.NON_SPACING_MARK) {
                return at;
            }
            at += Character.charCount(c);
        }
        return at;
    }

    private static boolean begins(int c) {
        return Character.isLetter(c) || c == '_';
    }
}
