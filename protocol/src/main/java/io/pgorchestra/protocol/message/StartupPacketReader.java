package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.message.StartupPacket.CancelRequest;
import io.pgorchestra.protocol.message.StartupPacket.GssEncRequest;
import io.pgorchestra.protocol.message.StartupPacket.SslRequest;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads startup packets, as strictly as the server's {@code ProcessStartupPacket} does.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">Start-up</a>.
 */
public final class StartupPacketReader {
    /** The longest body, in bytes: Postgres' own {@code MAX_STARTUP_PACKET_LENGTH}, whose length word is not in it. */
    public static final int MAX_BODY_BYTES = 10_000;

    private static final int LENGTH_BYTES = Integer.BYTES;

    private StartupPacketReader() {}

    /**
     * Reads one packet, and consumes exactly its bytes.
     *
     * @return null, with nothing consumed, while the packet is not there whole
     * @throws ProtocolViolation if its length is impossible, even when the rest is not there yet, or if its body is
     *     malformed; with 0A000 for a protocol version other than 3
     */
    public static @Nullable StartupPacket read(ByteBuf in) {
        if (in.readableBytes() < LENGTH_BYTES) {
            return null;
        }
        // As unsigned: the first bytes of a TLS hello or an HTTP request make a large or a negative length.
        long bodyBytes = in.getUnsignedInt(in.readerIndex()) - LENGTH_BYTES;
        if (bodyBytes < Integer.BYTES || bodyBytes > MAX_BODY_BYTES) {
            throw ProtocolViolation.of(
                    "length of startup packet",
                    bodyBytes + LENGTH_BYTES,
                    (LENGTH_BYTES + Integer.BYTES) + " to " + (LENGTH_BYTES + MAX_BODY_BYTES));
        }
        if (in.readableBytes() < LENGTH_BYTES + bodyBytes) {
            return null;
        }
        in.skipBytes(LENGTH_BYTES);
        return readBody(in.readSlice((int) bodyBytes));
    }

    private static StartupPacket readBody(ByteBuf body) {
        int code = body.readInt();
        return switch (code) {
            case SslRequest.CODE -> new BodyReader("SSLRequest", body).finish(new SslRequest());
            case GssEncRequest.CODE -> new BodyReader("GSSENCRequest", body).finish(new GssEncRequest());
            case CancelRequest.CODE -> cancelRequest(new BodyReader("CancelRequest", body));
            default -> startupMessage(code, new BodyReader("StartupMessage", body));
        };
    }

    private static CancelRequest cancelRequest(BodyReader body) {
        return new CancelRequest(body.int32("process ID"), MessageReader.secretKey(body));
    }

    private static StartupMessage startupMessage(int protocolVersion, BodyReader body) {
        if (ProtocolVersion.major(protocolVersion) != 3) {
            // The layout of another major version is unknown, so nothing more can be read; the text is Postgres'.
            throw new ProtocolViolation(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "unsupported frontend protocol " + ProtocolVersion.toString(protocolVersion)
                            + ": server supports 3.0 to " + ProtocolVersion.toString(ProtocolVersion.LATEST));
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String name = body.string("parameter name"); !name.isEmpty(); name = body.string("parameter name")) {
            parameters.put(name, body.string("value of parameter \"" + name + "\""));
        }
        return body.finish(new StartupMessage(protocolVersion, parameters));
    }
}
