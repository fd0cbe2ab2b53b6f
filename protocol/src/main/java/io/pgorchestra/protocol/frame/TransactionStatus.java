package io.pgorchestra.protocol.frame;

import io.pgorchestra.protocol.message.ProtocolViolation;

/** The transaction status that a server reports in ReadyForQuery. */
public enum TransactionStatus {
    /** Not in a transaction block. */
    IDLE('I'),
    /** In a transaction block. */
    IN_TRANSACTION('T'),
    /** In a failed transaction block: queries are rejected until it ends. */
    FAILED('E');

    private final byte code;

    TransactionStatus(char code) {
        this.code = (byte) code;
    }

    /** The byte that stands for this status in ReadyForQuery. */
    public byte code() {
        return code;
    }

    public static TransactionStatus of(byte code) {
        return switch (code) {
            case 'I' -> IDLE;
            case 'T' -> IN_TRANSACTION;
            case 'E' -> FAILED;
            default ->
                throw ProtocolViolation.of(
                        "transaction status in ReadyForQuery", "0x%02x".formatted(code), "'I', 'T' or 'E'");
        };
    }
}
