package io.pgorchestra.protocol.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTextTest {
    @Test
    void decode_ofUtf8_isPlainText() {
        String text = "na\u00efve \u4e2d\ud83d\ude00";
        assertEquals(text, WireText.decode(text.getBytes(StandardCharsets.UTF_8)));
        assertFalse(WireText.holdsForeignBytes(text));
    }

    @Test
    void decode_ofLatin1_escapesTheByteThatIsNotUtf8() {
        String text = WireText.decode("caf\u00e9 noir".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals("caf\udce9 noir", text);
        assertTrue(WireText.holdsForeignBytes(text));
    }

    @Test
    void encode_ofDecodedRandomBytes_givesThemBack() {
        Random random = Seed.random(WireTextTest.class);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            assertArrayEquals(bytes, WireText.encode(WireText.decode(bytes)));
        }
    }

    @Test
    void encode_ofStraySurrogate_isAQuestionMark() {
        assertEquals("?", new String(WireText.encode("\ud800"), StandardCharsets.UTF_8));
    }
}
