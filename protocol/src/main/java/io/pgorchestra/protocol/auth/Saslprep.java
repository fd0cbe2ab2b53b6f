package io.pgorchestra.protocol.auth;

import io.pgorchestra.protocol.message.WireText;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * Prepares passwords for SCRAM as Postgres does: by SASLprep where that works, raw where it does not.
 *
 * <p>A password that is not UTF-8 or holds a character that SASLprep prohibits is no error for Postgres, because its
 * encoding is not known at login; its bytes are then used as they are. Like Postgres, and unlike the letter of the RFC,
 * the checks run before normalization. Source: <a href="https://www.rfc-editor.org/rfc/rfc4013">RFC 4013</a>.
 */
final class Saslprep {
    private Saslprep() {}

    /** The bytes that go into the key derivation for a password held as {@link WireText}. */
    static byte[] prepare(String password) {
        if (isAscii(password) || WireText.holdsForeignBytes(password)) {
            return WireText.encode(password);
        }
        String mapped = map(password);
        if (mapped.isEmpty() || mapped.codePoints().anyMatch(Saslprep::isProhibited) || breaksBidi(mapped)) {
            return WireText.encode(password);
        }
        return Normalizer.normalize(mapped, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String password) {
        return password.chars().allMatch(c -> c < 0x80);
    }

    private static String map(String password) {
        StringBuilder mapped = new StringBuilder(password.length());
        password.codePoints()
                .filter(c -> !isMappedToNothing(c))
                .forEach(c -> mapped.appendCodePoint(isNonAsciiSpace(c) ? ' ' : c));
        return mapped.toString();
    }

    /** RFC 3454, table B.1, but for U+200B: that is in table C.1.2 too, which Postgres asks first. */
    private static boolean isMappedToNothing(int c) {
        return c == 0xad
                || c == 0x34f
                || c == 0x1806
                || isIn(c, 0x180b, 0x180d)
                || isIn(c, 0x200c, 0x200d)
                || c == 0x2060
                || isIn(c, 0xfe00, 0xfe0f)
                || c == 0xfeff;
    }

    /** RFC 3454, table C.1.2. */
    private static boolean isNonAsciiSpace(int c) {
        return c == 0xa0 || c == 0x1680 || isIn(c, 0x2000, 0x200b) || c == 0x202f || c == 0x205f || c == 0x3000;
    }

    /** RFC 4013, section 2.3 (tables C.1.2 to C.9 of RFC 3454), and section 2.5 (table A.1). */
    private static boolean isProhibited(int c) {
        return isNonAsciiSpace(c)
                || isControl(c)
                || Character.getType(c) == Character.PRIVATE_USE
                || isIn(c, 0xfdd0, 0xfdef)
                || (c & 0xfffe) == 0xfffe
                || Character.getType(c) == Character.SURROGATE
                || isIn(c, 0xfff9, 0xfffd)
                || isIn(c, 0x2ff0, 0x2ffb)
                || isDisplayChange(c)
                || c == 0xe0001
                || isIn(c, 0xe0020, 0xe007f)
                || UnassignedCodePoints.contains(c);
    }

    /** RFC 3454, tables C.2.1 and C.2.2. */
    private static boolean isControl(int c) {
        return c < 0x20
                || isIn(c, 0x7f, 0x9f)
                || c == 0x6dd
                || c == 0x70f
                || c == 0x180e
                || isIn(c, 0x200c, 0x200d)
                || isIn(c, 0x2028, 0x2029)
                || isIn(c, 0x2060, 0x2063)
                || isIn(c, 0x206a, 0x206f)
                || c == 0xfeff
                || isIn(c, 0x1d173, 0x1d17a);
    }

    /** RFC 3454, table C.8. */
    private static boolean isDisplayChange(int c) {
        return isIn(c, 0x340, 0x341) || isIn(c, 0x200e, 0x200f) || isIn(c, 0x202a, 0x202e);
    }

    /** RFC 3454, section 6: with a right-to-left character, no left-to-right one, and it stands first and last. */
    private static boolean breaksBidi(String text) {
        if (text.codePoints().noneMatch(Saslprep::isRightToLeft)) {
            return false;
        }
        return text.codePoints().anyMatch(Saslprep::isLeftToRight)
                || !isRightToLeft(text.codePointAt(0))
                || !isRightToLeft(text.codePointBefore(text.length()));
    }

    private static boolean isRightToLeft(int c) {
        byte direction = Character.getDirectionality(c);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }

    private static boolean isLeftToRight(int c) {
        return Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT;
    }

    private static boolean isIn(int c, int first, int last) {
        return c >= first && c <= last;
    }
}
