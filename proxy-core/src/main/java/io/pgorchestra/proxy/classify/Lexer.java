package io.pgorchestra.proxy.classify;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text into tokens as Postgres' scanner does, see
 * <a href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">Lexical Structure</a>. Bound to one thread.
 *
 * <p>Where releases differ (a letter right behind a number is an error since 15), it reads as the older one did: what is refused
 * by the server does no harm, while a token that is swallowed might. Words are folded where they stand, so the text is not as it was.
 */
final class Lexer {

    /** Behind the text: the first ends it, the second lets a look ahead be made without asking. */
    static final int SENTINEL_BYTES = 2;

    /** Longer names are cut by the server, see NAMEDATALEN. */
    private static final int MAX_NAME_BYTES = 63;

    private static final byte[] FOLDED = CharClass.folded();
    private static final CharClass[] CLASSES = CharClass.table();

    private byte[] text = new byte[0];
    private NameTable names = new NameTable(List.of());
    private boolean standardConformingStrings;
    private int at;
    private boolean again;
    private int signsUntil;

    private Token token = Token.END;
    private int start;
    private int end;
    private @Nullable Name name;
    private boolean beyondAscii;
    /** Whether two quotes in it are one. */
    private boolean hasDoubledQuote;

    private Reason trouble = Reason.UNTERMINATED;
    private Hint hint = Hint.NONE;
    private boolean atFirst;

    /** @param text ends at its first zero byte; two must be behind it */
    void begin(byte[] text, NameTable names, boolean standardConformingStrings) {
        this.text = text;
        this.names = names;
        this.standardConformingStrings = standardConformingStrings;
        at = 0;
        again = false;
        token = Token.END;
        signsUntil = 0;
        hint = Hint.NONE;
        atFirst = true;
    }

    Token next() {
        if (again) {
            again = false;
            return token;
        }
        if (token != Token.BROKEN) {
            token = scan();
        }
        return token;
    }

    /** The next token will be this one once more. */
    void back() {
        again = true;
    }

    /** What is between is not for us. */
    void skipTo(int index) {
        at = index;
        again = false;
    }

    Token token() {
        return token;
    }

    /** Where the token's text begins, without quotes. */
    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Behind the token. */
    int at() {
        return at;
    }

    /** What is known of a word, a quoted name or an operator. */
    @Nullable
    Name name() {
        return name;
    }

    /** Of a word; null for any other token. */
    @Nullable
    Keyword keyword() {
        return token == Token.WORD && name != null ? name.keyword : null;
    }

    /** Whether the name has bytes whose meaning depends on encodings. */
    boolean isBeyondAscii() {
        return beyondAscii;
    }

    Reason trouble() {
        return trouble;
    }

    /** Of the comments in front of the first token. */
    Hint hint() {
        return hint;
    }

    /** The token's text: names as they are meant, strings without their quotes. */
    String string() {
        String raw = slice(start, end);
        return !hasDoubledQuote ? raw : token == Token.QUOTED ? raw.replace("\"\"", "\"") : raw.replace("''", "'");
    }

    String slice(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    /** Looks the operator up that was read last. */
    @Nullable
    Name operatorIn(NameTable operators) {
        return operators.find(text, start, end, NameTable.hash(text, start, end));
    }

    /** Whether the next token is an opening parenthesis, unless a comment is in front of it. */
    boolean isCallNext() {
        int ahead = at;
        while (CLASSES[text[ahead] & 0xff] == CharClass.BLANK) {
            ahead++;
        }
        return text[ahead] == '(';
    }

    boolean startsWith(byte[] prefix) {
        if (end - start < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (text[start + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private Token scan() {
        while (true) {
            int first = text[at];
            CharClass kind = CLASSES[first & 0xff];
            if (kind == CharClass.BLANK) {
                at++;
                continue;
            }
            if (kind == CharClass.OPERATOR && isComment(at)) {
                if (first == '-') {
                    at = Literals.endOfLine(text, at);
                } else if (!skipBlock()) {
                    return broken(Reason.UNTERMINATED);
                }
                continue;
            }
            atFirst = false;
            return switch (kind) {
                case LETTER -> word();
                case DIGIT -> number();
                case QUOTE -> string(at + 1, !standardConformingStrings, true);
                case DOUBLE_QUOTE -> quoted();
                case DOLLAR -> dollar();
                case OPERATOR -> operator();
                case OPEN -> single(Token.OPEN);
                case CLOSE -> single(Token.CLOSE);
                case COMMA -> single(Token.COMMA);
                case SEMICOLON -> single(Token.SEMICOLON);
                case DOT -> CLASSES[text[at + 1] & 0xff] == CharClass.DIGIT ? number() : single(Token.DOT);
                case COLON -> colon();
                case END -> Token.END;
                case OTHER, BLANK -> single(Token.OTHER);
            };
        }
    }

    private Token single(Token found) {
        start = at++;
        end = at;
        return found;
    }

    private Token broken(Reason reason) {
        trouble = reason;
        return Token.BROKEN;
    }

    private boolean isComment(int index) {
        return (text[index] == '-' && text[index + 1] == '-') || (text[index] == '/' && text[index + 1] == '*');
    }

    private boolean skipBlock() {
        int open = at;
        int close = Literals.endOfBlock(text, open);
        if (close < 0) {
            return false;
        }
        if (atFirst) {
            hint = hint.and(Hint.of(text, open + 2, close - 2));
        }
        at = close;
        return true;
    }

    private Token word() {
        start = at;
        int hash = 0;
        int all = 0;
        byte folded;
        while ((folded = FOLDED[text[at] & 0xff]) != 0) {
            text[at++] = folded;
            hash = NameTable.step(hash, folded);
            all |= folded;
        }
        end = at;
        if (end - start == 1 && (text[at] == '\'' || text[at] == '&')) {
            Token prefixed = prefixed();
            if (prefixed != null) {
                return prefixed;
            }
        }
        return named(Token.WORD, hash, all);
    }

    /** A string or name behind E, B, X or U&amp;; null if the letter is but a name. N is one in front of a plain string. */
    private @Nullable Token prefixed() {
        byte letter = text[start];
        if (letter == 'u' && text[at] == '&') {
            if (text[at + 1] == '"') {
                return broken(Reason.UNICODE_NAME);
            }
            return text[at + 1] == '\'' ? string(at + 2, false, true) : null;
        }
        if (text[at] != '\'') {
            return null;
        }
        if (letter == 'e') {
            return string(at + 1, true, true);
        }
        return letter == 'b' || letter == 'x' ? string(at + 1, false, false) : null;
    }

    /** @param all bytes of the name, or-ed */
    private Token named(Token found, int hash, int all) {
        beyondAscii = all < 0;
        hasDoubledQuote = false;
        if (end - start > MAX_NAME_BYTES) {
            end = start + MAX_NAME_BYTES;
            name = names.find(text, start, end, NameTable.hash(text, start, end));
        } else {
            name = names.find(text, start, end, hash);
        }
        return found;
    }

    private Token quoted() {
        start = ++at;
        int hash = 0;
        int all = 0;
        boolean doubled = false;
        while (true) {
            byte value = text[at];
            if (value == 0) {
                return broken(Reason.UNTERMINATED);
            }
            if (value == '"') {
                if (text[at + 1] != '"') {
                    break;
                }
                doubled = true;
                at++;
            }
            hash = NameTable.step(hash, value);
            all |= value;
            at++;
        }
        end = at++;
        if (doubled) {
            return withDoubledQuote(all);
        }
        return named(Token.QUOTED, hash, all);
    }

    private Token withDoubledQuote(int all) {
        byte[] meant = new String(text, start, end - start, StandardCharsets.ISO_8859_1)
                .replace("\"\"", "\"")
                .getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(meant.length, MAX_NAME_BYTES);
        name = names.find(meant, 0, length, NameTable.hash(meant, 0, length));
        beyondAscii = all < 0;
        hasDoubledQuote = true;
        return Token.QUOTED;
    }

    private Token string(int inside, boolean escapes, boolean doubling) {
        start = inside;
        hasDoubledQuote = doubling;
        at = Literals.endOfString(text, inside, escapes, doubling);
        end = at - 1;
        return at < 0 ? broken(Reason.UNTERMINATED) : Token.STRING;
    }

    private Token number() {
        start = at;
        digits();
        // Two dots are none of a number's.
        if (text[at] == '.' && text[at + 1] != '.') {
            at++;
            digits();
        }
        if ((text[at] | 0x20) == 'e') {
            int sign = text[at + 1] == '+' || text[at + 1] == '-' ? 1 : 0;
            if (CLASSES[text[at + 1 + sign] & 0xff] == CharClass.DIGIT) {
                at += 1 + sign;
                digits();
            }
        }
        end = at;
        hasDoubledQuote = false;
        return Token.NUMBER;
    }

    private void digits() {
        while (CLASSES[text[at] & 0xff] == CharClass.DIGIT) {
            at++;
        }
    }

    private Token dollar() {
        int open = at++;
        if (CLASSES[text[at] & 0xff] == CharClass.DIGIT) {
            digits();
            return Token.PARAMETER;
        }
        while (FOLDED[text[at] & 0xff] != 0 && text[at] != '$') {
            at++;
        }
        if (text[at] != '$') {
            at = open;
            return single(Token.OTHER);
        }
        start = ++at;
        at = Literals.endOfDollarString(text, open, at);
        end = at - (start - open);
        hasDoubledQuote = false;
        return at < 0 ? broken(Reason.UNTERMINATED) : Token.STRING;
    }

    private Token operator() {
        start = at++;
        if (start >= signsUntil) {
            while (CLASSES[text[at] & 0xff] == CharClass.OPERATOR && !isComment(at)) {
                at++;
            }
            if (at - start > 1) {
                // What is given back are signs, and each of them is a token.
                signsUntil = at;
                at -= CharClass.signsToGiveBack(text, start, at);
            }
        }
        end = at;
        return Token.OPERATOR;
    }

    private Token colon() {
        if (text[at + 1] == ':') {
            at++;
            return single(Token.CAST);
        }
        return single(Token.OTHER);
    }
}
