package io.pgorchestra.proxy.classify;

/** Finds where comments and strings end, in a text with zero bytes behind it. Each answers with the index behind the end, or -1 if there is none. */
final class Literals {

    private Literals() {}

    /** A comment that begins with two dashes ends with the line, or with the text. */
    static int endOfLine(byte[] text, int open) {
        int at = open;
        while (text[at] != 0 && !isNewLine(text[at])) {
            at++;
        }
        return at;
    }

    /** They nest. */
    static int endOfBlock(byte[] text, int open) {
        int at = open;
        int depth = 0;
        do {
            if (text[at] == 0) {
                return -1;
            }
            if (text[at] == '/' && text[at + 1] == '*') {
                depth++;
                at += 2;
            } else if (text[at] == '*' && text[at + 1] == '/') {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0);
        return at;
    }

    /**
     * @param inside behind the opening quote
     * @param escapes whether a backslash keeps a quote from ending it
     * @param doubling whether two quotes are one; in bit strings the second begins another string
     */
    static int endOfString(byte[] text, int inside, boolean escapes, boolean doubling) {
        int at = inside;
        while (true) {
            byte value = text[at];
            if (value == 0) {
                return -1;
            }
            if (value == '\\' && escapes) {
                if (text[at + 1] == 0) {
                    return -1;
                }
                at += 2;
            } else if (value != '\'') {
                at++;
            } else if (doubling && text[at + 1] == '\'') {
                at += 2;
            } else {
                int more = continuation(text, at + 1);
                if (more < 0) {
                    return at + 1;
                }
                at = more;
            }
        }
    }

    /** A string goes on, by the rules it began with, behind blanks and line comments with a new line among them. */
    private static int continuation(byte[] text, int close) {
        int at = close;
        boolean hasNewLine = false;
        while (true) {
            byte value = text[at];
            if (isNewLine(value)) {
                hasNewLine = true;
                at++;
            } else if (isBlank(value)) {
                at++;
            } else if (value == '-' && text[at + 1] == '-') {
                at = endOfLine(text, at);
            } else {
                return hasNewLine && value == '\'' ? at + 1 : -1;
            }
        }
    }

    /** @param inside behind the opening tag, which begins and ends with a dollar sign and is the closing one too */
    static int endOfDollarString(byte[] text, int open, int inside) {
        int tagLength = inside - open;
        int at = inside;
        while (text[at] != 0) {
            if (text[at] == '$' && isSame(text, open, at, tagLength)) {
                return at + tagLength;
            }
            at++;
        }
        return -1;
    }

    private static boolean isSame(byte[] text, int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            if (text[one + i] != text[other + i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNewLine(byte value) {
        return value == '\n' || value == '\r';
    }

    private static boolean isBlank(byte value) {
        return value == ' ' || value == '\t' || value == '\f' || value == 0x0b;
    }
}
