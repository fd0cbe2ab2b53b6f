package io.pgorchestra.protocol.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.pgorchestra.protocol.message.ProtocolViolation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameScannerTest {

    private final FrameScanner scanner = new FrameScanner(1 << 16, 1 << 20);
    private final RecordingSink sink = new RecordingSink();

    @AfterEach
    void releaseScanner() {
        scanner.release();
    }

    @Test
    void scan_neighbouringPassFrames_leaveAsOneRun() {
        byte[] stream = concat(frame('P', "one"), frame('P', "two"));

        assertTrue(scan(stream));

        assertEquals(List.of("pass " + stream.length), sink.passCalls());
        assertArrayEquals(stream, sink.passed());
    }

    @Test
    void scan_headFrame_letsSinkWriteItsFrontAndStreamsTheRest() {
        byte[] stream = concat(frame('P', "before"), frame('H', "name\0rest"), frame('P', "behind"));

        assertTrue(scan(stream));

        assertEquals(List.of("head name"), sink.heads);
        assertEquals("rest", new String(sink.passed(), StandardCharsets.ISO_8859_1).substring(11, 15));
    }

    @Test
    void scan_headFrameThatPassesAsItIs_leavesInOneRunWithItsNeighbours() {
        byte[] stream = concat(frame('P', "before"), frame('S', "same\0rest"), frame('P', "behind"));

        assertTrue(scan(stream));

        assertEquals(List.of("head same"), sink.heads);
        assertEquals(List.of("pass " + stream.length), sink.passCalls());
        assertArrayEquals(stream, sink.passed());
    }

    @Test
    void scan_headFrameThatPassesAsItIs_butIsCut_passesWhole() {
        byte[] stream = concat(frame('P', "before"), frame('S', "same\0rest"), frame('P', "behind"));

        for (byte part : stream) {
            assertTrue(scan(new byte[] {part}));
        }

        assertEquals(List.of("head same"), sink.heads);
        assertArrayEquals(stream, sink.passed());
    }

    @Test
    void scan_holdVerdict_leavesTheFrameInTheBuffer() {
        ByteBuf in = Unpooled.wrappedBuffer(concat(frame('P', "one"), frame('W', "wait"), frame('P', "two")));
        sink.holding = true;

        assertFalse(scanner.scan(in, UnpooledByteBufAllocator.DEFAULT, sink));
        assertEquals(8, in.readerIndex());

        sink.holding = false;
        assertTrue(scanner.scan(in, UnpooledByteBufAllocator.DEFAULT, sink));
        assertEquals(0, in.readableBytes());
        assertEquals(List.of("P", "W", "W", "P"), sink.frames);
    }

    @Test
    void scan_heldFrameWhoseHeaderWasCut_isShownAgainFromWhatWasKept() {
        byte[] stream = frame('W', "wait");
        sink.holding = true;
        assertTrue(scan(Arrays.copyOf(stream, 3)));

        ByteBuf rest = Unpooled.wrappedBuffer(stream, 3, stream.length - 3);
        assertFalse(scanner.scan(rest, UnpooledByteBufAllocator.DEFAULT, sink));
        sink.holding = false;
        assertTrue(scanner.scan(rest, UnpooledByteBufAllocator.DEFAULT, sink));

        assertArrayEquals(stream, sink.passed());
    }

    @Test
    void scan_negativeLength_isAViolation() {
        byte[] stream = {'P', (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};

        ProtocolViolation violation = assertThrows(ProtocolViolation.class, () -> scan(stream));

        assertTrue(
                String.valueOf(violation.getMessage()).contains("length of message 'P': -1"), violation.getMessage());
    }

    @Test
    void scan_smallestLength_isAViolationAndDoesNotWrapAround() {
        byte[] stream = {'P', (byte) 0x80, 0, 0, 0};
        FrameScanner unlimited = new FrameScanner(1 << 16, Integer.MAX_VALUE);

        assertThrows(
                ProtocolViolation.class,
                () -> unlimited.scan(Unpooled.wrappedBuffer(stream), UnpooledByteBufAllocator.DEFAULT, sink));
    }

    @Test
    void scan_lengthOverTheLimit_isAViolation() {
        byte[] stream = {'P', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};

        assertThrows(ProtocolViolation.class, () -> scan(stream));
    }

    @Test
    void scan_violationBehindOtherFrames_passesThemWhole() {
        byte[] sound = concat(frame('H', "head\0and the rest"), frame('P', "passed"));

        assertThrows(ProtocolViolation.class, () -> scan(concat(sound, new byte[] {'P', -1, -1, -1, -1})));

        assertEquals("and the rest" + text(frame('P', "passed")), text(sink.passed()));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void scan_readFrameOverTheReadLimit_isAViolationBeforeItIsCollected() {
        byte[] stream = {'R', 0x00, 0x08, 0x00, 0x00};

        assertThrows(ProtocolViolation.class, () -> scan(stream));
        assertFalse(scanner.holdsBytes());
    }

    @Test
    void scan_headWithoutAnEnd_isAViolation() {
        assertThrows(ProtocolViolation.class, () -> scan(frame('H', "no zero byte")));
    }

    @Test
    void scan_anyChoppingOfAStream_givesTheSameFramesAndBytes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] stream = randomStream(random);
            Outcome whole = run(List.of(stream));
            Outcome chopped = run(chop(stream, random));
            assertEquals(whole, chopped, "seed=" + seed + " round=" + round);
        }
    }

    @Test
    void scan_streamByteByByte_givesTheSameFramesAndBytes() {
        Random random = new Random(7);
        byte[] stream = randomStream(random);
        List<byte[]> bytes = new ArrayList<>();
        for (byte b : stream) {
            bytes.add(new byte[] {b});
        }

        assertEquals(run(List.of(stream)), run(bytes));
    }

    private record Outcome(List<String> frames, List<String> heads, List<String> wholes, String passed) {}

    private static Outcome run(List<byte[]> chunks) {
        FrameScanner scanner = new FrameScanner(1 << 16, 1 << 20);
        RecordingSink sink = new RecordingSink();
        for (byte[] chunk : chunks) {
            ByteBuf in = ByteBufAllocator.DEFAULT.buffer().writeBytes(chunk);
            assertTrue(scanner.scan(in, ByteBufAllocator.DEFAULT, sink));
            assertEquals(0, in.readableBytes());
            in.release();
        }
        assertFalse(scanner.insidePassedFrame() || scanner.holdsBytes());
        return new Outcome(sink.frames, sink.heads, sink.wholes, ByteBufUtil.hexDump(sink.passed()));
    }

    private static byte[] randomStream(Random random) {
        String tags = "PPPRHSDZ";
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            char tag = tags.charAt(random.nextInt(tags.length()));
            StringBuilder body = new StringBuilder();
            int length = random.nextInt(random.nextInt(10) == 0 ? 3_000 : 12);
            for (int j = 0; j < length; j++) {
                body.append((char) ('a' + random.nextInt(26)));
            }
            if (tag == 'H' || tag == 'S') {
                body.insert(random.nextInt(body.length() + 1), '\0');
            }
            stream.writeBytes(frame(tag, body.toString()));
        }
        return stream.toByteArray();
    }

    private static List<byte[]> chop(byte[] stream, Random random) {
        List<byte[]> chunks = new ArrayList<>();
        int index = 0;
        while (index < stream.length) {
            int length = Math.min(stream.length - index, 1 + random.nextInt(1 + random.nextInt(40)));
            chunks.add(Arrays.copyOfRange(stream, index, index + length));
            index += length;
        }
        return chunks;
    }

    private boolean scan(byte[] stream) {
        return scanner.scan(Unpooled.wrappedBuffer(stream), UnpooledByteBufAllocator.DEFAULT, sink);
    }

    private static byte[] frame(char tag, String body) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(tag).writeInt(4 + body.length()).writeBytes(body.getBytes(StandardCharsets.ISO_8859_1));
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** P passes, R is read and passes, H shows its head, D is dropped, W is held while {@link #holding}. */
    private static final class RecordingSink implements FrameSink {

        private final List<String> frames = new ArrayList<>();
        private final List<String> heads = new ArrayList<>();
        private final List<String> wholes = new ArrayList<>();
        private final List<String> passCalls = new ArrayList<>();
        private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
        private boolean holding;

        byte[] passed() {
            return passed.toByteArray();
        }

        List<String> passCalls() {
            return passCalls;
        }

        @Override
        public Verdict frame(byte tag, int bodyBytes) {
            frames.add(Character.toString(tag));
            return switch (tag) {
                case 'P' -> Verdict.PASS;
                case 'R', 'Z' -> Verdict.READ;
                case 'H', 'S' -> Verdict.HEAD;
                case 'D' -> Verdict.DROP;
                default -> holding ? Verdict.HOLD : Verdict.PASS;
            };
        }

        @Override
        public void pass(ByteBuf buffer, int index, int lengthBytes) {
            passCalls.add("pass " + lengthBytes);
            passed.writeBytes(ByteBufUtil.getBytes(buffer, index, lengthBytes));
        }

        @Override
        public int head(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
            int end = buffer.indexOf(bodyIndex, bodyIndex + availableBytes, (byte) 0);
            if (end < 0) {
                return FrameScanner.NEED_MORE;
            }
            heads.add("head " + buffer.toString(bodyIndex, end - bodyIndex, StandardCharsets.ISO_8859_1));
            return tag == 'S' ? FrameScanner.AS_IT_IS : end + 1 - bodyIndex;
        }

        @Override
        public Verdict whole(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
            wholes.add(buffer.toString(bodyIndex, bodyBytes, StandardCharsets.ISO_8859_1));
            return Verdict.PASS;
        }
    }
}
