package io.pgorchestra.protocol.message;

/** What Describe and Close name: a prepared statement or a portal. */
public enum Subject {
    STATEMENT('S'),
    PORTAL('P');

    private final byte code;

    Subject(char code) {
        this.code = (byte) code;
    }

    /** The byte that stands for this on the wire. */
    public byte code() {
        return code;
    }

    public static Subject of(byte code) {
        return switch (code) {
            case 'S' -> STATEMENT;
            case 'P' -> PORTAL;
            default ->
                throw ProtocolViolation.of("subject of Describe or Close", "0x%02x".formatted(code), "'S' or 'P'");
        };
    }
}
