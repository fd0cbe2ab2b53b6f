package io.pgorchestra.protocol.message;

import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.TransactionStatus;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message from a server; its Authentication requests are in {@link Authentication}. Records are named as in the
 * Postgres documentation.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>.
 */
public sealed interface BackendMessage
        permits Authentication,
                BackendMessage.WithoutFields,
                BackendMessage.BackendKeyData,
                BackendMessage.CommandComplete,
                BackendMessage.CopyBothResponse,
                BackendMessage.CopyData,
                BackendMessage.CopyInResponse,
                BackendMessage.CopyOutResponse,
                BackendMessage.DataRow,
                BackendMessage.ErrorResponse,
                BackendMessage.NoticeResponse,
                BackendMessage.FunctionCallResponse,
                BackendMessage.NegotiateProtocolVersion,
                BackendMessage.NotificationResponse,
                BackendMessage.ParameterDescription,
                BackendMessage.ParameterStatus,
                BackendMessage.ReadyForQuery,
                BackendMessage.RowDescription {
    byte tag();

    /** Appends the fields; {@link MessageWriter} calls this. */
    void writeTo(BodyWriter body);

    /** A message that is its tag and nothing more. */
    sealed interface WithoutFields extends BackendMessage {
        @Override
        default void writeTo(BodyWriter body) {}
    }

    /** What a CancelRequest must present; the key has 4 bytes in protocol 3.0, up to 256 in 3.2. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record BackendKeyData(int processId, byte[] secretKey) implements BackendMessage {
        public static final int MIN_SECRET_KEY_BYTES = 4;
        public static final int MAX_SECRET_KEY_BYTES = 256;

        public BackendKeyData {
            checkSecretKey(secretKey);
        }

        static void checkSecretKey(byte[] secretKey) {
            if (secretKey.length < MIN_SECRET_KEY_BYTES || secretKey.length > MAX_SECRET_KEY_BYTES) {
                throw new IllegalArgumentException("secretKey bytes: " + secretKey.length + " (expected: 4 to 256)");
            }
        }

        @Override
        public byte tag() {
            return BackendTag.BACKEND_KEY_DATA;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int32(processId).bytes(secretKey);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof BackendKeyData that
                    && processId == that.processId
                    && Arrays.equals(secretKey, that.secretKey);
        }

        @Override
        public int hashCode() {
            return 31 * processId + Arrays.hashCode(secretKey);
        }

        /** Leaves the key out: who knows it can cancel. */
        @Override
        public String toString() {
            return "BackendKeyData[processId=" + processId + "]";
        }
    }

    record BindComplete() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.BIND_COMPLETE;
        }
    }

    record CloseComplete() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.CLOSE_COMPLETE;
        }
    }

    /** The end of one command, with a tag such as {@code INSERT 0 1}. */
    record CommandComplete(String commandTag) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.COMMAND_COMPLETE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(commandTag);
        }
    }

    /** Starts copy in both directions, as streaming replication does; formats as in {@link CopyInResponse}. */
    record CopyBothResponse(byte format, List<Integer> columnFormats) implements BackendMessage {
        public CopyBothResponse {
            columnFormats = List.copyOf(columnFormats);
        }

        @Override
        public byte tag() {
            return BackendTag.COPY_BOTH_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int8(format).formats(columnFormats);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record CopyData(byte[] data) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.COPY_DATA;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.bytes(data);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CopyData that && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(data);
        }
    }

    record CopyDone() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.COPY_DONE;
        }
    }

    /** Starts copy to the server; formats are 0 for text, 1 for binary. */
    record CopyInResponse(byte format, List<Integer> columnFormats) implements BackendMessage {
        public CopyInResponse {
            columnFormats = List.copyOf(columnFormats);
        }

        @Override
        public byte tag() {
            return BackendTag.COPY_IN_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int8(format).formats(columnFormats);
        }
    }

    /** Starts copy from the server; formats are 0 for text, 1 for binary. */
    record CopyOutResponse(byte format, List<Integer> columnFormats) implements BackendMessage {
        public CopyOutResponse {
            columnFormats = List.copyOf(columnFormats);
        }

        @Override
        public byte tag() {
            return BackendTag.COPY_OUT_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int8(format).formats(columnFormats);
        }
    }

    /** One row; a null column is SQL NULL. */
    record DataRow(List<byte @Nullable []> columns) implements BackendMessage {
        public DataRow {
            columns = ByteArrays.copyOf(columns);
        }

        @Override
        public byte tag() {
            return BackendTag.DATA_ROW;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.list(columns, body::value);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof DataRow that && ByteArrays.equal(columns, that.columns);
        }

        @Override
        public int hashCode() {
            return ByteArrays.hash(columns);
        }
    }

    /** Stands in for CommandComplete after an empty query string. */
    record EmptyQueryResponse() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.EMPTY_QUERY_RESPONSE;
        }
    }

    record ErrorResponse(ErrorFields fields) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.ERROR_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            fields.writeTo(body);
        }
    }

    record NoticeResponse(ErrorFields fields) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.NOTICE_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            fields.writeTo(body);
        }
    }

    /** The result of a FunctionCall; null for SQL NULL. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record FunctionCallResponse(byte @Nullable [] value) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.FUNCTION_CALL_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.value(value);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FunctionCallResponse that && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }
    }

    /**
     * The server speaks another version than was asked for, or does not know some protocol options.
     *
     * @param protocolVersion the version that the server will speak; the docs call it the newest minor version, servers
     *     send the whole number (3.0 is 196608)
     * @param unrecognizedOptions names that begin with {@code _pq_.}
     */
    record NegotiateProtocolVersion(int protocolVersion, List<String> unrecognizedOptions) implements BackendMessage {
        public NegotiateProtocolVersion {
            unrecognizedOptions = List.copyOf(unrecognizedOptions);
        }

        @Override
        public byte tag() {
            return BackendTag.NEGOTIATE_PROTOCOL_VERSION;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int32(protocolVersion).int32(unrecognizedOptions.size());
            unrecognizedOptions.forEach(body::string);
        }
    }

    record NoData() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.NO_DATA;
        }
    }

    /** A NOTIFY, with the process ID of the server that sent it. */
    record NotificationResponse(int processId, String channel, String payload) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.NOTIFICATION_RESPONSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int32(processId).string(channel).string(payload);
        }
    }

    record ParameterDescription(List<Integer> parameterTypeOids) implements BackendMessage {
        public ParameterDescription {
            parameterTypeOids = List.copyOf(parameterTypeOids);
        }

        @Override
        public byte tag() {
            return BackendTag.PARAMETER_DESCRIPTION;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.list(parameterTypeOids, body::int32);
        }
    }

    record ParameterStatus(String name, String value) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.PARAMETER_STATUS;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(name).string(value);
        }
    }

    record ParseComplete() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.PARSE_COMPLETE;
        }
    }

    /** An Execute reached its row limit before the portal's end. */
    record PortalSuspended() implements WithoutFields {
        @Override
        public byte tag() {
            return BackendTag.PORTAL_SUSPENDED;
        }
    }

    record ReadyForQuery(TransactionStatus status) implements BackendMessage {
        @Override
        public byte tag() {
            return BackendTag.READY_FOR_QUERY;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int8(status.code());
        }
    }

    record RowDescription(List<Field> fields) implements BackendMessage {
        public RowDescription {
            fields = List.copyOf(fields);
        }

        @Override
        public byte tag() {
            return BackendTag.ROW_DESCRIPTION;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.list(fields, field -> field.writeTo(body));
        }
    }
}
