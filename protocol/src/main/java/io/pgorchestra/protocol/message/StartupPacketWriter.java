package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.message.StartupPacket.CancelRequest;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;

/** Appends startup packets to a buffer. */
public final class StartupPacketWriter {
    private StartupPacketWriter() {}

    /**
     * Appends one packet.
     *
     * @throws IllegalArgumentException if the packet would be longer than any server reads, or a text holds a NUL;
     *     the buffer is then as before
     */
    public static void write(StartupPacket packet, ByteBuf out) {
        int start = out.writerIndex();
        try {
            writePacket(packet, start, out);
        } catch (IllegalArgumentException cannotBeWritten) {
            out.writerIndex(start);
            throw cannotBeWritten;
        }
    }

    private static void writePacket(StartupPacket packet, int start, ByteBuf out) {
        BodyWriter body = new BodyWriter(out).int32(0).int32(packet.code());
        if (packet instanceof StartupMessage startup) {
            startup.parameters()
                    .forEach((name, value) -> body.string(requireName(name)).string(value));
            body.int8(0);
        } else if (packet instanceof CancelRequest cancel) {
            body.int32(cancel.processId()).bytes(cancel.secretKey());
        }
        int length = out.writerIndex() - start;
        if (length - Integer.BYTES > StartupPacketReader.MAX_BODY_BYTES) {
            throw new IllegalArgumentException("body bytes of startup packet: " + (length - Integer.BYTES)
                    + " (expected: <= " + StartupPacketReader.MAX_BODY_BYTES + ")");
        }
        out.setInt(start, length);
    }

    private static String requireName(String name) {
        if (name.isEmpty()) {
            // An empty name is the packet's terminator.
            throw new IllegalArgumentException("parameter name: empty (expected: at least one character)");
        }
        return name;
    }
}
