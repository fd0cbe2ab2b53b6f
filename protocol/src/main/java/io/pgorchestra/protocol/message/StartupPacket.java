package io.pgorchestra.protocol.message;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The first packet of a connection, the one kind of message that has no tag.
 *
 * <p>After SslRequest or GssEncRequest and the one byte of its answer a further startup packet follows. Source: <a
 * href="https://www.postgresql.org/docs/current/protocol-message-formats.html">Message Formats</a>.
 */
public sealed interface StartupPacket {
    /** The Int32 after the length: a request code, or for a StartupMessage its protocol version. */
    int code();

    /** Parameters stand in the order of the wire; where a name came twice, with its last value, as Postgres has it. */
    record StartupMessage(int protocolVersion, Map<String, String> parameters) implements StartupPacket {
        public StartupMessage {
            if (ProtocolVersion.major(protocolVersion) != 3) {
                throw new IllegalArgumentException(
                        "protocolVersion: " + ProtocolVersion.toString(protocolVersion) + " (expected: 3.x)");
            }
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        @Override
        public int code() {
            return protocolVersion;
        }

        /** The role that logs in; empty if the client named none, which a server answers with 28000. */
        public String user() {
            return parameters.getOrDefault("user", "");
        }

        /** The database asked for, which defaults to the user's name. */
        public String database() {
            String database = parameters.getOrDefault("database", "");
            return database.isEmpty() ? user() : database;
        }
    }

    /** The docs' SSLRequest. */
    record SslRequest() implements StartupPacket {
        public static final int CODE = 1234 << 16 | 5679;

        @Override
        public int code() {
            return CODE;
        }
    }

    /** The docs' GSSENCRequest. */
    record GssEncRequest() implements StartupPacket {
        public static final int CODE = 1234 << 16 | 5680;

        @Override
        public int code() {
            return CODE;
        }
    }

    /** Asks to cancel what another connection runs, with the key from its BackendKeyData. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record CancelRequest(int processId, byte[] secretKey) implements StartupPacket {
        public static final int CODE = 1234 << 16 | 5678;

        public CancelRequest {
            BackendMessage.BackendKeyData.checkSecretKey(secretKey);
        }

        @Override
        public int code() {
            return CODE;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof CancelRequest that
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
            return "CancelRequest[processId=" + processId + "]";
        }
    }
}
