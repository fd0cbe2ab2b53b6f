package io.pgorchestra.protocol.message;

import io.pgorchestra.protocol.frame.BackendTag;
import java.util.Arrays;
import java.util.List;

/** One of the server's messages with tag 'R', told apart by the Int32 that follows it. */
public sealed interface Authentication extends BackendMessage {
    /** The Int32 after the length, which says what the server asks for. */
    int code();

    @Override
    default byte tag() {
        return BackendTag.AUTHENTICATION;
    }

    @Override
    default void writeTo(BodyWriter body) {
        body.int32(code());
        writeFieldsTo(body);
    }

    /** Appends what follows the code; most requests have nothing there. */
    default void writeFieldsTo(BodyWriter body) {}

    record AuthenticationOk() implements Authentication {
        public static final int CODE = 0;

        @Override
        public int code() {
            return CODE;
        }
    }

    /** No server since Postgres 9.3 asks for it. */
    record AuthenticationKerberosV5() implements Authentication {
        public static final int CODE = 2;

        @Override
        public int code() {
            return CODE;
        }
    }

    record AuthenticationCleartextPassword() implements Authentication {
        public static final int CODE = 3;

        @Override
        public int code() {
            return CODE;
        }
    }

    /** Asks for an md5 response over a salt of 4 bytes. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record AuthenticationMD5Password(byte[] salt) implements Authentication {
        public static final int CODE = 5;

        public static final int SALT_BYTES = 4;

        public AuthenticationMD5Password {
            if (salt.length != SALT_BYTES) {
                throw new IllegalArgumentException("salt bytes: " + salt.length + " (expected: 4)");
            }
        }

        @Override
        public int code() {
            return CODE;
        }

        @Override
        public void writeFieldsTo(BodyWriter body) {
            body.bytes(salt);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof AuthenticationMD5Password that && Arrays.equals(salt, that.salt);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(salt);
        }
    }

    record AuthenticationGSS() implements Authentication {
        public static final int CODE = 7;

        @Override
        public int code() {
            return CODE;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record AuthenticationGSSContinue(byte[] data) implements Authentication {
        public static final int CODE = 8;

        @Override
        public int code() {
            return CODE;
        }

        @Override
        public void writeFieldsTo(BodyWriter body) {
            body.bytes(data);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof AuthenticationGSSContinue that && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(data);
        }
    }

    record AuthenticationSSPI() implements Authentication {
        public static final int CODE = 9;

        @Override
        public int code() {
            return CODE;
        }
    }

    /** Offers SASL mechanisms, in the server's order of preference. */
    record AuthenticationSASL(List<String> mechanisms) implements Authentication {
        public static final int CODE = 10;

        public AuthenticationSASL {
            mechanisms = List.copyOf(mechanisms);
        }

        @Override
        public int code() {
            return CODE;
        }

        @Override
        public void writeFieldsTo(BodyWriter body) {
            mechanisms.forEach(body::string);
            body.int8(0);
        }
    }

    /** A step of the SASL exchange; for SCRAM the server-first-message. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record AuthenticationSASLContinue(byte[] data) implements Authentication {
        public static final int CODE = 11;

        @Override
        public int code() {
            return CODE;
        }

        @Override
        public void writeFieldsTo(BodyWriter body) {
            body.bytes(data);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof AuthenticationSASLContinue that && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(data);
        }
    }

    /** The outcome of the SASL exchange; for SCRAM the server-final-message. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by content below.
    record AuthenticationSASLFinal(byte[] data) implements Authentication {
        public static final int CODE = 12;

        @Override
        public int code() {
            return CODE;
        }

        @Override
        public void writeFieldsTo(BodyWriter body) {
            body.bytes(data);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof AuthenticationSASLFinal that && Arrays.equals(data, that.data);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(data);
        }
    }
}
