package io.pgorchestra.proxy.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FirstReplyTest {

    /** An error whose end had not come yet was passed on to the client, although it was the standby's. */
    @Test
    void of_refusalCutAnywhere_isUndecidedUntilItIsWhole() {
        ByteBuf whole = Unpooled.buffer();
        frame(whole, '1', "");
        frame(whole, '2', "");
        frame(whole, 'T', "\0\0");
        frame(whole, 'E', "SERROR\0C25006\0Mcannot execute INSERT in a read-only transaction\0\0");

        for (int length = 0; length < whole.readableBytes(); length++) {
            assertEquals(FirstReply.UNDECIDED, FirstReply.of(whole.slice(0, length)), "of " + length + " bytes");
        }
        assertEquals(FirstReply.REFUSAL, FirstReply.of(whole));
    }

    @Test
    void of_errorThatThePrimaryWouldAnswerToo_isAnAnswer() {
        ByteBuf error = Unpooled.buffer();
        frame(error, 'E', "SERROR\0C22012\0Mdivision by zero\0\0");

        assertEquals(FirstReply.ANSWER, FirstReply.of(error));
    }

    @Test
    void of_row_isAnAnswer() {
        ByteBuf row = Unpooled.buffer();
        frame(row, 'T', "\0\0");
        frame(row, 'D', "\0\0");

        assertEquals(FirstReply.ANSWER, FirstReply.of(row));
    }

    private static void frame(ByteBuf to, char tag, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        to.writeByte(tag).writeInt(4 + bytes.length).writeBytes(bytes);
    }
}
