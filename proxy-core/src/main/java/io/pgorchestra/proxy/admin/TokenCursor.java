package io.pgorchestra.proxy.admin;

import io.pgorchestra.proxy.admin.Token.Kind;
import java.util.List;

/** A position in the tokens of one command. */
final class TokenCursor {
    private final List<Token> tokens;
    private int next;

    TokenCursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    boolean atEnd() {
        return next == tokens.size();
    }

    /** The next token is an unquoted word. */
    boolean atWord() {
        return !atEnd() && tokens.get(next).kind() == Kind.WORD;
    }

    boolean atString() {
        return !atEnd() && tokens.get(next).kind() == Kind.STRING;
    }

    /** How many tokens are left. */
    int left() {
        return tokens.size() - next;
    }

    /** The unquoted word that comes next, whatever it is. */
    String takeWord() {
        if (!atWord()) {
            throw AdminCommandParser.invalid(this, "");
        }
        return tokens.get(next++).text();
    }

    /** A name, quoted or not, or a string. */
    String takeName(String expected) {
        if (atEnd() || tokens.get(next).kind() == Kind.MARK) {
            throw AdminCommandParser.invalid(this, "Expected " + expected + ".");
        }
        return tokens.get(next++).text();
    }

    /** Takes these words if they come next, and says whether they did. */
    boolean takeIf(String... words) {
        if (left() < words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!tokens.get(next + i).isWord(words[i])) {
                return false;
            }
        }
        next += words.length;
        return true;
    }

    boolean takeIfMark(char mark) {
        if (atEnd() || !tokens.get(next).isMark(mark)) {
            return false;
        }
        next++;
        return true;
    }

    boolean holdsWord(String word) {
        return tokens.subList(next, tokens.size()).stream().anyMatch(token -> token.isWord(word));
    }

    /** All that is left, as text: quotes gone, white space between tokens as one space. */
    String takeRest() {
        String rest = text(tokens.subList(next, tokens.size()));
        next = tokens.size();
        return rest;
    }

    void expectEnd() {
        if (!atEnd()) {
            throw AdminCommandParser.invalid(
                    this, "Unexpected: " + Spelling.shortened(tokens.get(next).text()));
        }
    }

    /** The whole command, for an error message. */
    String source() {
        return text(tokens);
    }

    private static String text(List<Token> tokens) {
        StringBuilder text = new StringBuilder();
        for (Token token : tokens) {
            if (token.spaced() && !text.isEmpty()) {
                text.append(' ');
            }
            text.append(token.text());
        }
        return text.toString();
    }
}
