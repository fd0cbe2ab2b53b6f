package io.pgorchestra.protocol.message;

import io.pgorchestra.protocol.frame.FrontendTag;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message from a client, after its startup packet. Records are named as in the Postgres documentation.
 *
 * <p>Format codes are kept as they came, also those that no server knows: it is the server's to refuse them. Source: <a
 * href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>.
 */
public sealed interface FrontendMessage {
    byte tag();

    /** Appends the fields; {@link MessageWriter} calls this. */
    void writeTo(BodyWriter body);

    /** A message that is its tag and nothing more. */
    sealed interface WithoutFields extends FrontendMessage {
        @Override
        default void writeTo(BodyWriter body) {}
    }

    /**
     * Binds parameters to a prepared statement, which makes a portal.
     *
     * @param parameterFormats none (all text), one (for all) or one for each parameter
     * @param parameters a null element is SQL NULL
     * @param resultFormats none (all text), one (for all) or one for each result column
     */
    record Bind(
            String portal,
            String statement,
            List<Integer> parameterFormats,
            List<byte @Nullable []> parameters,
            List<Integer> resultFormats)
            implements FrontendMessage {
        public Bind {
            parameterFormats = List.copyOf(parameterFormats);
            parameters = ByteArrays.copyOf(parameters);
            resultFormats = List.copyOf(resultFormats);
        }

        @Override
        public byte tag() {
            return FrontendTag.BIND;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(portal).string(statement).formats(parameterFormats);
            body.list(parameters, body::value).formats(resultFormats);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bind that
                    && portal.equals(that.portal)
                    && statement.equals(that.statement)
                    && parameterFormats.equals(that.parameterFormats)
                    && ByteArrays.equal(parameters, that.parameters)
                    && resultFormats.equals(that.resultFormats);
        }

        @Override
        public int hashCode() {
            return 31 * statement.hashCode() + ByteArrays.hash(parameters);
        }
    }

    record Close(Subject subject, String name) implements FrontendMessage {
        @Override
        public byte tag() {
            return FrontendTag.CLOSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int8(subject.code()).string(name);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record CopyData(byte[] data) implements FrontendMessage {
        @Override
        public byte tag() {
            return FrontendTag.COPY_DATA;
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
            return FrontendTag.COPY_DONE;
        }
    }

    /** Ends a copy in failure; the server puts the reason into its error. */
    record CopyFail(String reason) implements FrontendMessage {
        @Override
        public byte tag() {
            return FrontendTag.COPY_FAIL;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(reason);
        }
    }

    record Describe(Subject subject, String name) implements FrontendMessage {
        @Override
        public byte tag() {
            return FrontendTag.DESCRIBE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int8(subject.code()).string(name);
        }
    }

    /** Runs a portal for at most so many rows; 0 is no limit. */
    record Execute(String portal, int maxRows) implements FrontendMessage {
        @Override
        public byte tag() {
            return FrontendTag.EXECUTE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(portal).int32(maxRows);
        }
    }

    record Flush() implements WithoutFields {
        @Override
        public byte tag() {
            return FrontendTag.FLUSH;
        }
    }

    /** Calls a function by its OID; a null argument is SQL NULL. */
    record FunctionCall(
            int functionOid, List<Integer> argumentFormats, List<byte @Nullable []> arguments, int resultFormat)
            implements FrontendMessage {
        public FunctionCall {
            argumentFormats = List.copyOf(argumentFormats);
            arguments = ByteArrays.copyOf(arguments);
        }

        @Override
        public byte tag() {
            return FrontendTag.FUNCTION_CALL;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.int32(functionOid).formats(argumentFormats);
            body.list(arguments, body::value).int16(resultFormat);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FunctionCall that
                    && functionOid == that.functionOid
                    && argumentFormats.equals(that.argumentFormats)
                    && ByteArrays.equal(arguments, that.arguments)
                    && resultFormat == that.resultFormat;
        }

        @Override
        public int hashCode() {
            return 31 * functionOid + ByteArrays.hash(arguments);
        }
    }

    /** Makes a prepared statement. Type OIDs may be fewer than its parameters; 0 leaves a type to the server. */
    record Parse(String statement, String query, List<Integer> parameterTypeOids) implements FrontendMessage {
        public Parse {
            parameterTypeOids = List.copyOf(parameterTypeOids);
        }

        @Override
        public byte tag() {
            return FrontendTag.PARSE;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(statement).string(query).list(parameterTypeOids, body::int32);
        }
    }

    record Query(String query) implements FrontendMessage {
        @Override
        public byte tag() {
            return FrontendTag.QUERY;
        }

        @Override
        public void writeTo(BodyWriter body) {
            body.string(query);
        }
    }

    record Sync() implements WithoutFields {
        @Override
        public byte tag() {
            return FrontendTag.SYNC;
        }
    }

    record Terminate() implements WithoutFields {
        @Override
        public byte tag() {
            return FrontendTag.TERMINATE;
        }
    }

    /** One of the four messages that share the tag 'p'; only the server's request before it tells which one it is. */
    sealed interface AuthenticationResponse extends FrontendMessage {
        @Override
        default byte tag() {
            return FrontendTag.PASSWORD_MESSAGE;
        }
    }

    /** A cleartext password, or an md5 response. Its text never shows in {@link #toString}. */
    record PasswordMessage(String password) implements AuthenticationResponse {
        @Override
        public void writeTo(BodyWriter body) {
            body.string(password);
        }

        @Override
        public String toString() {
            return "PasswordMessage[]";
        }
    }

    /** The mechanism chosen; a null initial response means none, which is not the same as an empty one. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record SASLInitialResponse(String mechanism, byte @Nullable [] initialResponse) implements AuthenticationResponse {
        @Override
        public void writeTo(BodyWriter body) {
            body.string(mechanism).value(initialResponse);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SASLInitialResponse that
                    && mechanism.equals(that.mechanism)
                    && Arrays.equals(initialResponse, that.initialResponse);
        }

        @Override
        public int hashCode() {
            return 31 * mechanism.hashCode() + Arrays.hashCode(initialResponse);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record SASLResponse(byte[] data) implements AuthenticationResponse {
        @Override
        public void writeTo(BodyWriter body) {
            body.bytes(data);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SASLResponse that && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(data);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record GSSResponse(byte[] data) implements AuthenticationResponse {
        @Override
        public void writeTo(BodyWriter body) {
            body.bytes(data);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof GSSResponse that && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(data);
        }
    }
}
