package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The commands that Postgres refuses while somebody is connected to the database they name: {@code DROP DATABASE}, {@code ALTER DATABASE},
 * and {@code CREATE DATABASE} with its template. None may stand in a query with other commands.
 */
final class DatabaseCommand {

    /** Two names of 63 bytes and some options fit many times; longer messages are not looked at. */
    static final int MAX_MESSAGE_BYTES = 1024;

    private static final int LOWER_CASE_BIT = 0x20;

    private static final byte[] DATABASE = word("database");
    private static final byte[][] VERBS = {word("drop"), word("create"), word("alter")};

    private DatabaseCommand() {}

    private static byte[] word(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the SQL text from {@code index} to {@code end} is one of them. */
    static boolean at(ByteBuf buffer, int index, int end) {
        int start = skipBlanks(buffer, index, end);
        if (start >= end || !mayBegin(buffer.getByte(start))) {
            return false;
        }
        for (byte[] verb : VERBS) {
            if (isWord(buffer, start, end, verb)) {
                return isWord(buffer, skipBlanks(buffer, start + verb.length, end), end, DATABASE);
            }
        }
        return false;
    }

    private static boolean mayBegin(byte letter) {
        int lower = letter | LOWER_CASE_BIT;
        return lower == 'd' || lower == 'c' || lower == 'a';
    }

    private static boolean isWord(ByteBuf buffer, int index, int end, byte[] word) {
        if (end - index <= word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if ((buffer.getByte(index + i) | LOWER_CASE_BIT) != word[i]) {
                return false;
            }
        }
        return skipBlanks(buffer, index + word.length, end) > index + word.length
                || buffer.getByte(index + word.length) == '"';
    }

    /** Past white space and comments; a nested comment ends too early, and what follows is then no command. */
    private static int skipBlanks(ByteBuf buffer, int index, int end) {
        int at = index;
        while (at < end) {
            byte here = buffer.getByte(at);
            byte next = at + 1 < end ? buffer.getByte(at + 1) : 0;
            if (here == ' ' || (here >= '\t' && here <= '\r')) {
                at++;
            } else if (here == '-' && next == '-') {
                at = lineEnd(buffer, at, end);
            } else if (here == '/' && next == '*') {
                at = commentEnd(buffer, at + 2, end);
            } else {
                break;
            }
        }
        return at;
    }

    private static int lineEnd(ByteBuf buffer, int index, int end) {
        int at = buffer.indexOf(index, end, (byte) '\n');
        return at < 0 ? end : at;
    }

    private static int commentEnd(ByteBuf buffer, int index, int end) {
        for (int at = index; at + 1 < end; at++) {
            if (buffer.getByte(at) == '*' && buffer.getByte(at + 1) == '/') {
                return at + 2;
            }
        }
        return end;
    }
}
