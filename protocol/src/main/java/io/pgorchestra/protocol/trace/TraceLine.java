package io.pgorchestra.protocol.trace;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.message.WireText;

/** One line of a trace in the making, and a cursor over the bytes it shows. Each method shows the next field. */
final class TraceLine {
    private final StringBuilder line = new StringBuilder();
    private final ByteBuf bytes;
    private final boolean regress;

    /** The bytes are those after the length; they are read, not kept. */
    TraceLine(ByteBuf bytes, boolean regress) {
        this.bytes = bytes;
        this.regress = regress;
    }

    TraceLine head(String direction, String length) {
        line.append(direction).append('\t').append(length).append('\t');
        return this;
    }

    /** A message's name, with nothing after it. */
    TraceLine name(String name) {
        line.append(name);
        return this;
    }

    /** A message's name, with fields after it. */
    TraceLine fields(String name) {
        line.append(name).append('\t');
        return this;
    }

    byte int8() {
        byte value = bytes.readByte();
        line.append(' ');
        appendPrintable(value);
        return value;
    }

    int int16() {
        int value = bytes.readUnsignedShort();
        line.append(' ').append(value);
        return value;
    }

    int int32() {
        int value = bytes.readInt();
        line.append(' ').append(value);
        return value;
    }

    /** A number that differs from run to run, such as an OID: hidden in regress mode. */
    TraceLine volatileInt32() {
        int value = bytes.readInt();
        line.append(' ').append(regress ? "NNNN" : String.valueOf(value));
        return this;
    }

    /** A number that only tells how to show the rest. */
    int hiddenInt32() {
        return bytes.readInt();
    }

    /** Whether the next byte is the NUL that ends a list of texts; it is then read, and not shown. */
    boolean skipTerminator() {
        boolean terminator = bytes.getByte(bytes.readerIndex()) == 0;
        if (terminator) {
            bytes.skipBytes(1);
        }
        return terminator;
    }

    TraceLine string() {
        line.append(" \"");
        WireText.decode(readString()).chars().forEach(c -> appendCharacter((char) c));
        line.append('"');
        return this;
    }

    /** A text that differs from run to run: hidden in regress mode. */
    TraceLine volatileString() {
        return regress ? secretString() : string();
    }

    /** A text that no log may show. */
    TraceLine secretString() {
        readString();
        line.append(" \"SSSS\"");
        return this;
    }

    TraceLine bytes(int length) {
        requireLength(length);
        line.append(" '");
        for (int i = 0; i < length; i++) {
            appendPrintable(bytes.readByte());
        }
        line.append('\'');
        return this;
    }

    /** What no log may show, to the end of the message. */
    TraceLine secretRest() {
        return secretBytes(bytes.readableBytes());
    }

    TraceLine secretBytes(int length) {
        requireLength(length);
        bytes.skipBytes(length);
        line.append(" 'BBBB'");
        return this;
    }

    TraceLine rest() {
        return regress ? secretRest() : bytes(bytes.readableBytes());
    }

    TraceLine value() {
        int length = int32();
        return length == -1 ? this : bytes(length);
    }

    TraceLine values() {
        for (int i = int16(); i > 0; i--) {
            value();
        }
        return this;
    }

    TraceLine formats() {
        for (int i = int16(); i > 0; i--) {
            int16();
        }
        return this;
    }

    TraceLine oids() {
        for (int i = int16(); i > 0; i--) {
            volatileInt32();
        }
        return this;
    }

    String malformed() {
        return line.append(" (malformed)").toString();
    }

    String end() {
        if (bytes.isReadable()) {
            line.append(" (").append(bytes.readableBytes()).append(" bytes too many)");
        }
        return line.toString();
    }

    private void requireLength(int length) {
        if (length < 0 || length > bytes.readableBytes()) {
            throw new IndexOutOfBoundsException("length: " + length);
        }
    }

    private byte[] readString() {
        int length = bytes.bytesBefore((byte) 0);
        if (length < 0) {
            throw new IndexOutOfBoundsException("text without its NUL");
        }
        byte[] text = new byte[length];
        bytes.readBytes(text).skipBytes(1);
        return text;
    }

    private void appendPrintable(byte value) {
        if (value >= ' ' && value <= '~') {
            line.append((char) value);
        } else {
            line.append("\\x%02x".formatted(value));
        }
    }

    /** As it is, but for what would end the line or move the cursor, and for bytes that are no UTF-8. */
    private void appendCharacter(char c) {
        if (Character.isISOControl(c)) {
            line.append("\\x%02x".formatted((int) c));
        } else if (c >= '\udc80' && c <= '\udcff' && !followsHighSurrogate()) {
            line.append("\\x%02x".formatted(c - '\udc00'));
        } else {
            line.append(c);
        }
    }

    private boolean followsHighSurrogate() {
        return Character.isHighSurrogate(line.charAt(line.length() - 1));
    }
}
