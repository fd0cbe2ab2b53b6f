package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The warning that a commit no longer waits for its synchronous standbys: it has happened locally and "might not have been replicated".
 * What follows is a plain success.
 */
final class SyncRepWarning {

    /** The field that names the function which reported; the texts are translated, this is not. */
    private static final byte ROUTINE = 'R';

    private static final byte[] WAIT_FUNCTION = "SyncRepWaitForLSN\0".getBytes(StandardCharsets.US_ASCII);

    private SyncRepWarning() {}

    static boolean is(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int index = bodyIndex;
        int end = bodyIndex + bodyBytes;
        while (index < end && buffer.getByte(index) != 0) {
            int fieldEnd = buffer.indexOf(index, end, (byte) 0);
            if (fieldEnd < 0) {
                return false;
            }
            if (buffer.getByte(index) == ROUTINE) {
                return isWaitFunction(buffer, index + 1, fieldEnd + 1);
            }
            index = fieldEnd + 1;
        }
        return false;
    }

    private static boolean isWaitFunction(ByteBuf buffer, int start, int end) {
        if (end - start != WAIT_FUNCTION.length) {
            return false;
        }
        for (int i = 0; i < WAIT_FUNCTION.length; i++) {
            if (buffer.getByte(start + i) != WAIT_FUNCTION[i]) {
                return false;
            }
        }
        return true;
    }
}
