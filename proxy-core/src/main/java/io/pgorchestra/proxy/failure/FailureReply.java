package io.pgorchestra.proxy.failure;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.MessageWriter;

/** The one place where a {@link Failure} becomes an ErrorResponse. */
public final class FailureReply {

    private FailureReply() {}

    /** As FATAL: the connection ends with it. */
    public static void write(Failure failure, ByteBuf out) {
        write(ErrorFields.fatal(failure.sqlState(), failure.message()), failure.hint(), out);
    }

    /** As ERROR: the connection goes on. */
    public static void writeError(Failure failure, ByteBuf out) {
        write(ErrorFields.error(failure.sqlState(), failure.message()), failure.hint(), out);
    }

    private static void write(ErrorFields fields, String hint, ByteBuf out) {
        MessageWriter.write((hint.isEmpty() ? fields : fields.withHint(hint)).toErrorResponse(), out);
    }
}
