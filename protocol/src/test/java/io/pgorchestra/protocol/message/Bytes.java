package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Golden bytes as a test writes them: hex digits, and text in quotes, as in {@code 51 0000000d 'select 1' 00}. */
public final class Bytes {
    private static final Pattern TOKEN = Pattern.compile("'([^']*)'|([0-9a-f]+)|\\s+");

    private Bytes() {}

    public static ByteBuf of(String notation) {
        ByteBuf bytes = Unpooled.buffer();
        Matcher token = TOKEN.matcher(notation);
        int end = 0;
        while (token.find()) {
            if (token.start() != end) {
                break;
            }
            end = token.end();
            if (token.group(1) != null) {
                bytes.writeBytes(token.group(1).getBytes(StandardCharsets.UTF_8));
            } else if (token.group(2) != null) {
                bytes.writeBytes(HexFormat.of().parseHex(token.group(2)));
            }
        }
        if (end != notation.length()) {
            throw new IllegalArgumentException("not a token at " + end + " of " + notation);
        }
        return bytes;
    }
}
