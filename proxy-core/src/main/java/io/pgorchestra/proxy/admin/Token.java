package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.SqlState;
import java.util.ArrayList;
import java.util.List;

/**
 * One word, quoted name, string or mark of a console query.
 *
 * @param text without its quotes
 * @param spaced whether white space or a comment stands before it
 */
record Token(Kind kind, String text, boolean spaced) {
    enum Kind {
        /** An unquoted run of characters: a word, a number, {@code 120s}, {@code scram-sha-256}. */
        WORD,
        QUOTED_NAME,
        STRING,
        /** One of {@code ; , = ( )}. */
        MARK
    }

    private static final String MARKS = ";,=()";

    /** Whether this is that word, in any case. A quoted name is never a keyword. */
    boolean isWord(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean isMark(char mark) {
        return kind == Kind.MARK && text.charAt(0) == mark;
    }

    /** Splits a query; comments are white space. */
    static List<Token> listOf(String query) {
        List<Token> tokens = new ArrayList<>();
        int position = 0;
        boolean spaced = false;
        while (position < query.length()) {
            char c = query.charAt(position);
            int start = position;
            if (Character.isWhitespace(c)) {
                position++;
                spaced = true;
                continue;
            }
            if (startsComment(query, position)) {
                position = endOfComment(query, position);
                spaced = true;
                continue;
            }
            if (c == '\'' || c == '"') {
                position = endOfQuoted(query, position);
                Kind kind = c == '"' ? Kind.QUOTED_NAME : Kind.STRING;
                tokens.add(new Token(kind, unquote(query.substring(start, position), c), spaced));
            } else if (MARKS.indexOf(c) >= 0) {
                position++;
                tokens.add(new Token(Kind.MARK, String.valueOf(c), spaced));
            } else {
                position = endOfWord(query, position);
                tokens.add(new Token(Kind.WORD, query.substring(start, position), spaced));
            }
            spaced = false;
        }
        return tokens;
    }

    private static boolean startsComment(String query, int at) {
        return query.startsWith("--", at) || query.startsWith("/*", at);
    }

    private static int endOfComment(String query, int start) {
        if (query.startsWith("--", start)) {
            int end = query.indexOf('\n', start);
            return end < 0 ? query.length() : end;
        }
        int depth = 0;
        int at = start;
        while (at + 1 < query.length()) {
            boolean opens = query.startsWith("/*", at);
            boolean closes = query.startsWith("*/", at);
            depth += opens ? 1 : closes ? -1 : 0;
            at += opens || closes ? 2 : 1;
            if (depth == 0) {
                return at;
            }
        }
        throw AdminException.syntax("unterminated /* comment", "");
    }

    /** The position after the closing quote; a doubled quote is part of the text. */
    private static int endOfQuoted(String query, int start) {
        char quote = query.charAt(start);
        int at = start + 1;
        while (at < query.length()) {
            boolean isQuote = query.charAt(at) == quote;
            boolean isDoubled = isQuote && at + 1 < query.length() && query.charAt(at + 1) == quote;
            if (isQuote && !isDoubled) {
                return at + 1;
            }
            at += isDoubled ? 2 : 1;
        }
        throw AdminException.syntax(
                quote == '"' ? "unterminated quoted identifier" : "unterminated quoted string",
                "Close it with " + quote + ".");
    }

    private static String unquote(String quoted, char quote) {
        String mark = String.valueOf(quote);
        String text = quoted.substring(1, quoted.length() - 1).replace(mark + mark, mark);
        if (quote == '"' && text.isEmpty()) {
            throw new AdminException(SqlState.SYNTAX_ERROR, "zero-length quoted identifier");
        }
        return text;
    }

    private static int endOfWord(String query, int start) {
        int at = start;
        while (at < query.length()
                && !Character.isWhitespace(query.charAt(at))
                && MARKS.indexOf(query.charAt(at)) < 0
                && query.charAt(at) != '\''
                && query.charAt(at) != '"'
                && !startsComment(query, at)) {
            at++;
        }
        return at;
    }
}
