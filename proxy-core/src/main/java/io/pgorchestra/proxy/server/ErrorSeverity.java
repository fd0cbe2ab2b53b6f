package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;

/** Whether an ErrorResponse is the last word on its connection. */
final class ErrorSeverity {

    /** The severity that is never translated; protocol 3, since Postgres 9.6. */
    private static final byte SEVERITY_NONLOCALIZED = 'V';

    private ErrorSeverity() {}

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
