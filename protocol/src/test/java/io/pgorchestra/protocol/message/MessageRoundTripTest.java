package io.pgorchestra.protocol.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Properties that hold for every message of the protocol, on random fields. */
class MessageRoundTripTest {
    private static final int ROUNDS = 300;

    /** What ends where the frame ends, so that a shorter body is another valid message. */
    private static final Set<Class<?>> OPEN_ENDED = Set.of(
            FrontendMessage.CopyData.class,
            FrontendMessage.SASLResponse.class,
            FrontendMessage.GSSResponse.class,
            BackendMessage.CopyData.class,
            BackendMessage.BackendKeyData.class,
            Authentication.AuthenticationGSSContinue.class,
            Authentication.AuthenticationSASLContinue.class,
            Authentication.AuthenticationSASLFinal.class);

    private final Random random = Seed.random(MessageRoundTripTest.class);
    private final RandomMessages messages = new RandomMessages(random);

    @Test
    void frontendMessage_writtenAndRead_isEqual() {
        for (int round = 0; round < ROUNDS; round++) {
            for (FrontendMessage message : messages.frontend()) {
                ByteBuf body = body(message.tag(), encode(message));

                FrontendMessage read = read(message, body);

                assertEquals(message, read);
                assertEquals(message.hashCode(), read.hashCode());
                assertFalse(body.isReadable(), "left over by " + message);
            }
        }
    }

    @Test
    void backendMessage_writtenAndRead_isEqual() {
        for (int round = 0; round < ROUNDS; round++) {
            for (BackendMessage message : messages.backend()) {
                ByteBuf body = body(message.tag(), encode(message));

                BackendMessage read = MessageReader.readBackend(message.tag(), body);

                assertEquals(message, read);
                assertEquals(message.hashCode(), read.hashCode());
                assertFalse(body.isReadable(), "left over by " + message);
            }
        }
    }

    @Test
    void frontendMessage_cutShort_isRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            for (FrontendMessage message : messages.frontend()) {
                if (!OPEN_ENDED.contains(message.getClass())) {
                    ByteBuf body = body(message.tag(), encode(message));
                    assertEveryTruncationRefused(message, body, cut -> read(message, cut));
                }
            }
        }
    }

    @Test
    void backendMessage_cutShort_isRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            for (BackendMessage message : messages.backend()) {
                if (!OPEN_ENDED.contains(message.getClass())) {
                    ByteBuf body = body(message.tag(), encode(message));
                    assertEveryTruncationRefused(message, body, cut -> MessageReader.readBackend(message.tag(), cut));
                }
            }
        }
    }

    @Test
    void openEndedMessage_cutShort_isShorterOrRefusedButNeverAnotherException() {
        for (BackendMessage message : messages.backend()) {
            ByteBuf body = body(message.tag(), encode(message));
            for (int length = 0; length < body.readableBytes(); length++) {
                try {
                    BackendMessage read = MessageReader.readBackend(message.tag(), body.slice(0, length));
                    assertEquals(body.slice(0, length), body(read.tag(), encode(read)));
                } catch (ProtocolViolation refused) {
                    assertEquals(SqlState.PROTOCOL_VIOLATION, refused.sqlState());
                }
            }
        }
    }

    @Test
    void message_withOneByteMore_isRefused() {
        for (BackendMessage message : messages.backend()) {
            if (!OPEN_ENDED.contains(message.getClass())) {
                ByteBuf body = body(message.tag(), encode(message)).writeByte(0);
                assertThrows(
                        ProtocolViolation.class,
                        () -> MessageReader.readBackend(message.tag(), body),
                        () -> "one byte more than " + message);
            }
        }
        for (FrontendMessage message : messages.frontend()) {
            if (!OPEN_ENDED.contains(message.getClass())) {
                ByteBuf body = body(message.tag(), encode(message)).writeByte(0);
                assertThrows(ProtocolViolation.class, () -> read(message, body), () -> "one byte more than " + message);
            }
        }
    }

    @Test
    void message_withRandomBytes_isReadOrRefusedButNeverAnotherException() {
        for (int round = 0; round < 20 * ROUNDS; round++) {
            byte[] noise = new byte[random.nextInt(24)];
            random.nextBytes(noise);
            byte tag = (byte) random.nextInt(128);
            readOrRefuse(() -> MessageReader.readBackend(tag, Unpooled.wrappedBuffer(noise)));
            readOrRefuse(() -> MessageReader.readFrontend(tag, Unpooled.wrappedBuffer(noise)));
            readOrRefuse(() -> MessageReader.readPasswordMessage(Unpooled.wrappedBuffer(noise)));
            readOrRefuse(() -> MessageReader.readSASLInitialResponse(Unpooled.wrappedBuffer(noise)));
        }
    }

    @Test
    void startupPacket_writtenAndRead_isEqualAndConsumedAlone() {
        for (int round = 0; round < ROUNDS; round++) {
            for (StartupPacket packet : messages.startup()) {
                ByteBuf buffer = Unpooled.buffer();
                StartupPacketWriter.write(packet, buffer);
                buffer.writeByte('Q');

                StartupPacket read = Objects.requireNonNull(StartupPacketReader.read(buffer));

                assertEquals(packet, read);
                assertEquals(packet.hashCode(), read.hashCode());
                assertEquals(1, buffer.readableBytes());
            }
        }
    }

    @Test
    void startupPacket_withItsLengthCutShort_isRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            for (StartupPacket packet : messages.startup()) {
                ByteBuf whole = Unpooled.buffer();
                StartupPacketWriter.write(packet, whole);
                for (int length = 0; length < whole.readableBytes(); length++) {
                    ByteBuf cut = whole.copy(0, whole.readableBytes()).setInt(0, length);
                    if (packet instanceof StartupPacket.CancelRequest && length >= 16) {
                        // A cancel key has no length of its own.
                        assertTrue(StartupPacketReader.read(cut) instanceof StartupPacket.CancelRequest);
                        continue;
                    }
                    assertThrows(ProtocolViolation.class, () -> StartupPacketReader.read(cut));
                }
            }
        }
    }

    private static void assertEveryTruncationRefused(Object message, ByteBuf body, Function<ByteBuf, Object> reader) {
        for (int length = 0; length < body.readableBytes(); length++) {
            ByteBuf cut = body.slice(0, length);
            assertThrows(ProtocolViolation.class, () -> reader.apply(cut), () -> "cut short: " + message);
        }
    }

    private static void readOrRefuse(Runnable read) {
        try {
            read.run();
        } catch (ProtocolViolation refused) {
            assertNotNull(refused.getMessage());
        }
    }

    private static FrontendMessage read(FrontendMessage like, ByteBuf body) {
        if (like instanceof FrontendMessage.PasswordMessage) {
            return MessageReader.readPasswordMessage(body);
        }
        if (like instanceof FrontendMessage.SASLInitialResponse) {
            return MessageReader.readSASLInitialResponse(body);
        }
        if (like instanceof FrontendMessage.SASLResponse) {
            return MessageReader.readSASLResponse(body);
        }
        if (like instanceof FrontendMessage.GSSResponse) {
            return MessageReader.readGSSResponse(body);
        }
        return MessageReader.readFrontend(like.tag(), body);
    }

    private static ByteBuf encode(FrontendMessage message) {
        ByteBuf frame = Unpooled.buffer();
        MessageWriter.write(message, frame);
        return frame;
    }

    private static ByteBuf encode(BackendMessage message) {
        ByteBuf frame = Unpooled.buffer();
        MessageWriter.write(message, frame);
        return frame;
    }

    private static ByteBuf body(byte tag, ByteBuf frame) {
        assertEquals(tag, frame.readByte());
        assertEquals(frame.readableBytes(), frame.readInt());
        return frame.copy();
    }
}
