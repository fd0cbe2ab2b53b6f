package io.pgorchestra.proxy.classify;

import java.util.Arrays;

/** What a byte may begin, outside of strings and comments. */
enum CharClass {
    END,
    BLANK,
    /** Also the bytes beyond ASCII. */
    LETTER,
    DIGIT,
    QUOTE,
    DOUBLE_QUOTE,
    DOLLAR,
    OPERATOR,
    OPEN,
    CLOSE,
    COMMA,
    SEMICOLON,
    DOT,
    COLON,
    OTHER;

    private static final int BYTES = 256;
    private static final int ASCII = 128;

    static CharClass[] table() {
        CharClass[] table = new CharClass[BYTES];
        Arrays.fill(table, 0, ASCII, OTHER);
        Arrays.fill(table, ASCII, BYTES, LETTER);
        Arrays.fill(table, 'a', 'z' + 1, LETTER);
        Arrays.fill(table, 'A', 'Z' + 1, LETTER);
        Arrays.fill(table, '0', '9' + 1, DIGIT);
        put(table, "_", LETTER);
        put(table, " \t\n\r\f\u000b", BLANK);
        put(table, "~!@#^&|`?+-*/%<>=", OPERATOR);
        put(table, "'", QUOTE);
        put(table, "\"", DOUBLE_QUOTE);
        put(table, "$", DOLLAR);
        put(table, "(", OPEN);
        put(table, ")", CLOSE);
        put(table, ",", COMMA);
        put(table, ";", SEMICOLON);
        put(table, ".", DOT);
        put(table, ":", COLON);
        put(table, "\0", END);
        return table;
    }

    private static void put(CharClass[] table, String bytes, CharClass kind) {
        bytes.chars().forEach(value -> table[value] = kind);
    }

    /** Each byte of a name as an unquoted one has it; zero for bytes that end a name. */
    static byte[] folded() {
        byte[] folded = new byte[BYTES];
        CharClass[] table = table();
        for (int value = 0; value < BYTES; value++) {
            boolean isPart = table[value] == LETTER || table[value] == DIGIT || table[value] == DOLLAR;
            folded[value] = (byte) (!isPart ? 0 : value >= 'A' && value <= 'Z' ? value + 'a' - 'A' : value);
        }
        return folded;
    }

    /** An operator of several characters ends in a sign only if it has one of some others: {@code =-1} is two tokens. */
    static int signsToGiveBack(byte[] text, int start, int end) {
        for (int index = start; index < end; index++) {
            if ("~!@#^&|`?%".indexOf(text[index]) >= 0) {
                return 0;
            }
        }
        int signs = 0;
        while (signs < end - start - 1 && (text[end - 1 - signs] == '+' || text[end - 1 - signs] == '-')) {
            signs++;
        }
        return signs;
    }
}
