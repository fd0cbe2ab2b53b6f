package io.pgorchestra.proxy.statement;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The commands after which a session has no prepared statement left. */
public final class DropAll {

    /** A text longer than this is not looked at; the commands are shorter, but for blanks. */
    public static final int MAX_BYTES = 48;

    private static final Pattern COMMAND =
            Pattern.compile("\\s*(DISCARD\\s+ALL|DEALLOCATE\\s+(PREPARE\\s+)?ALL)\\s*;?\\s*", Pattern.CASE_INSENSITIVE);

    private DropAll() {}

    /** Whether a query that begins there, ended by a zero byte, is one of them and nothing else. */
    public static boolean is(ByteBuf buffer, int index, int end) {
        int limit = Math.min(end, index + MAX_BYTES);
        int queryEnd = buffer.indexOf(index, limit, (byte) 0);
        return queryEnd > index
                && mayBegin(buffer.getByte(index))
                && COMMAND.matcher(buffer.toString(index, queryEnd - index, StandardCharsets.US_ASCII))
                        .matches();
    }

    /** A look at the first byte spares most texts the rest. */
    private static boolean mayBegin(byte first) {
        return first == 'D' || first == 'd' || first == ' ' || first == '\n' || first == '\t' || first == '\r';
    }
}
