package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text of the wire as Java strings, without loss whatever its encoding.
 *
 * <p>A client may speak LATIN1 or SJIS, and names in a startup packet have no declared encoding at all. Bytes that are
 * UTF-8 become their characters; any other byte {@code b} becomes the lone surrogate {@code U+DC00 + b}, which no valid
 * text holds, and becomes that byte again on the way out (the scheme of Python's PEP 383).
 */
public final class WireText {
    private static final char ESCAPE_BASE = '\udc00';
    private static final char FIRST_ESCAPE = '\udc80';
    private static final char LAST_ESCAPE = '\udcff';

    private WireText() {}

    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // UTF-8 never has more UTF-16 units than bytes.
        CharBuffer out = CharBuffer.allocate(bytes.length);
        for (CoderResult result = decoder.decode(in, out, true);
                result.isMalformed();
                result = decoder.decode(in, out, true)) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE_BASE + Byte.toUnsignedInt(in.get())));
            }
        }
        return out.flip().toString();
    }

    /** The bytes that {@link #decode} made this text of; a surrogate that stands for none becomes a question mark. */
    public static byte[] encode(String text) {
        if (!holdsForeignBytes(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
        text.codePoints().forEach(codePoint -> {
            if (isEscape(codePoint)) {
                out.write(codePoint - ESCAPE_BASE);
            } else {
                out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
        });
        return out.toByteArray();
    }

    /** Whether some bytes of this text were not UTF-8. */
    public static boolean holdsForeignBytes(String text) {
        return text.codePoints().anyMatch(WireText::isEscape);
    }

    /** Appends the text and its terminating NUL. */
    static void write(ByteBuf out, String text) {
        if (text.indexOf('\0') >= 0) {
            // A NUL would end the field early and let its rest be read as further fields.
            throw new IllegalArgumentException("text with a NUL at index " + text.indexOf('\0') + " (expected: none)");
        }
        out.writeBytes(encode(text)).writeByte(0);
    }

    private static boolean isEscape(int codePoint) {
        return codePoint >= FIRST_ESCAPE && codePoint <= LAST_ESCAPE;
    }
}
