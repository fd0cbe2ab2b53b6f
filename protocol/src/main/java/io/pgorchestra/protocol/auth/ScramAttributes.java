package io.pgorchestra.protocol.auth;

import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.WireText;
import java.util.Base64;

/** A strict cursor over the {@code a=value} pairs of one SCRAM message. No value ever shows in an error text. */
final class ScramAttributes {
    private final String message;
    private final String text;
    private int position;

    /** The message's name, as RFC 5802 has it, is for error texts. */
    ScramAttributes(String message, byte[] bytes) {
        this.message = message;
        this.text = WireText.decode(bytes);
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw violation("empty, or with a NUL", "text");
        }
    }

    String text() {
        return text;
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position == text.length();
    }

    char peek() {
        return atEnd() ? '\0' : text.charAt(position);
    }

    char next() {
        if (atEnd()) {
            throw violation("too short", "one more character");
        }
        return text.charAt(position++);
    }

    void expect(char expected) {
        char met = next();
        if (met != expected) {
            throw violation("unexpected character at " + (position - 1), "'" + expected + "'");
        }
    }

    /** The value of the attribute that must come next, up to the comma or the end. */
    String value(char name) {
        if (peek() != name) {
            throw violation("unexpected attribute at " + position, "'" + name + "'");
        }
        return anyValue();
    }

    /** The value of whatever attribute comes next; {@link #peek} tells its name before. */
    String anyValue() {
        char name = next();
        boolean isLetter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
        if (!isLetter) {
            throw violation("attribute name at " + (position - 1), "a letter");
        }
        expect('=');
        int comma = text.indexOf(',', position);
        int end = comma < 0 ? text.length() : comma;
        String value = text.substring(position, end);
        position = comma < 0 ? end : end + 1;
        return value;
    }

    byte[] base64(char name) {
        String value = value(name);
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException malformed) {
            throw violation("attribute " + name, "base64");
        }
    }

    void expectEnd() {
        if (!atEnd()) {
            throw violation("text after the last attribute at " + position, "the end");
        }
    }

    ProtocolViolation violation(String value, String expected) {
        return ProtocolViolation.of("SCRAM " + message, value, expected);
    }
}
