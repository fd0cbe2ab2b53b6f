package io.pgorchestra.proxy.failure;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.MessageWriter;

/** The one place where a {@link Failure} becomes an ErrorResponse. */
public final class FailureReply {

    private FailureReply() {}

    /** As FATAL: the connection ends with it. */
    public static void write(Failure failure, ByteBuf out) {
        MessageWriter.write(of(failure), out);
    }

    /** As ERROR: the connection goes on. */
    public static void writeError(Failure failure, ByteBuf out) {
        ErrorFields fields = ErrorFields.error(failure.sqlState(), failure.message());
        MessageWriter.write(withHint(fields, failure.hint()), out);
    }

    /** As FATAL. */
    public static ErrorResponse of(Failure failure) {
        return withHint(ErrorFields.fatal(failure.sqlState(), failure.message()), failure.hint());
    }

    private static ErrorResponse withHint(ErrorFields fields, String hint) {
        return (hint.isEmpty() ? fields : fields.withHint(hint)).toErrorResponse();
    }

    /** What Postgres said, word for word, but that it ends the connection. */
    public static ErrorResponse asFatal(ErrorResponse error) {
        return error.fields()
                .with(ErrorFields.SEVERITY, "FATAL")
                .with(ErrorFields.SEVERITY_NONLOCALIZED, "FATAL")
                .toErrorResponse();
    }
}
