package io.pgorchestra.proxy.failure;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.MessageWriter;

/** The one place where a {@link Failure} becomes an ErrorResponse. */
public final class FailureReply {

    private FailureReply() {}

    public static void write(Failure failure, ByteBuf out) {
        ErrorFields fields = ErrorFields.fatal(failure.sqlState(), failure.message());
        MessageWriter.write(
                (failure.hint().isEmpty() ? fields : fields.withHint(failure.hint())).toErrorResponse(), out);
    }
}
