package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldBytesTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final HeldBytes held = new HeldBytes(channel);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    @Test
    void take_isAllInOrder_once() {
        held.append(bytes("b"));
        held.append(bytes("c"));
        held.prepend(bytes("a"));

        ByteBuf all = held.take();

        assertEquals("abc", all.toString(StandardCharsets.US_ASCII));
        assertFalse(held.any());
        assertFalse(held.take().isReadable());
        all.release();
    }

    @Test
    void append_partlyReadBytes_keepsTheRest() {
        ByteBuf partly = bytes("xyz");
        partly.skipBytes(2);

        held.append(partly);

        assertEquals("z", held.take().toString(StandardCharsets.US_ASCII));
    }

    @Test
    void append_muchOfIt_stopsReading() {
        held.append(bytes("x".repeat(64 * 1024 - 1)));
        assertTrue(channel.config().isAutoRead());

        held.append(bytes("x"));

        assertFalse(channel.config().isAutoRead());
        held.drop();
    }

    @Test
    void joined_releasesWhatItCopied() {
        ByteBuf first = bytes("a");
        ByteBuf second = bytes("b");

        held.append(first);
        held.append(second);
        held.drop();

        assertEquals(0, first.refCnt());
        assertEquals(0, second.refCnt());
    }
}
