package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What an ErrorResponse means for more than the client that reads it. */
final class ErrorMeaning {

    /** The severity that is never translated; protocol 3, since Postgres 9.6. */
    private static final byte SEVERITY_NONLOCALIZED = 'V';

    /** The last field of that error, up to the end of the message. */
    private static final byte[] OUTDATED_PLAN = "RRevalidateCachedQuery\0\0".getBytes(StandardCharsets.US_ASCII);

    private ErrorMeaning() {}

    /** "cached plan must not change result type": told by the place in Postgres' sources, as the words may be in any language. */
    static boolean isOutdatedPlan(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int start = bodyIndex + bodyBytes - OUTDATED_PLAN.length;
        if (start < bodyIndex) {
            return false;
        }
        for (int i = 0; i < OUTDATED_PLAN.length; i++) {
            if (buffer.getByte(start + i) != OUTDATED_PLAN[i]) {
                return false;
            }
        }
        return true;
    }

    /** FATAL or PANIC. */
    static boolean endsConnection(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int index = bodyIndex;
        int end = bodyIndex + bodyBytes;
        while (index < end && buffer.getByte(index) != 0) {
            byte field = buffer.getByte(index);
            if (field == SEVERITY_NONLOCALIZED && index + 1 < end) {
                byte first = buffer.getByte(index + 1);
                return first == 'F' || first == 'P';
            }
            int fieldEnd = buffer.indexOf(index, end, (byte) 0);
            if (fieldEnd < 0) {
                return false;
            }
            index = fieldEnd + 1;
        }
        return false;
    }
}
