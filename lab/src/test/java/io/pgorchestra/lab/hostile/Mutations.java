package io.pgorchestra.lab.hostile;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What can go wrong with a list of frames: bytes, lengths, order, too much, too little. The same seed does the same harm. */
final class Mutations {

    private static final int LENGTH_INDEX = 1;
    private static final int HEADER_BYTES = 5;
    private static final List<Integer> LENGTHS =
            List.of(0, 1, 3, 4, 5, 8, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x10000, 0x1000000);

    private final Random random;

    Mutations(Random random) {
        this.random = random;
    }

    /** Harms the frames in place, a few times or not at all; the frames are tag, length, body. */
    void harm(List<byte[]> frames, List<byte[]> strangers) {
        for (int i = random.nextInt(4); i > 0 && !frames.isEmpty(); i--) {
            int at = random.nextInt(frames.size());
            switch (random.nextInt(9)) {
                case 0 -> frames.set(at, withByte(frames.get(at)));
                case 1 -> frames.set(at, withLength(frames.get(at), LENGTHS.get(random.nextInt(LENGTHS.size()))));
                case 2 -> frames.set(at, withLength(frames.get(at), frames.get(at).length - 2 + random.nextInt(3)));
                case 3 -> frames.set(at, Arrays.copyOf(frames.get(at), random.nextInt(frames.get(at).length + 1)));
                case 4 -> frames.remove(at);
                case 5 -> frames.add(at, frames.get(random.nextInt(frames.size())));
                case 6 -> Collections.swap(frames, at, random.nextInt(frames.size()));
                case 7 -> frames.add(at, garbage());
                default -> frames.add(at, strangers.get(random.nextInt(strangers.size())));
            }
        }
    }

    private byte[] withByte(byte[] frame) {
        byte[] changed = frame.clone();
        if (changed.length > 0) {
            // Mostly where the protocol is, not where the text is.
            int index = random.nextInt(random.nextBoolean() ? Math.min(12, changed.length) : changed.length);
            changed[index] = (byte) random.nextInt(256);
        }
        return changed;
    }

    private static byte[] withLength(byte[] frame, int length) {
        byte[] changed = frame.clone();
        if (changed.length >= HEADER_BYTES) {
            for (int i = 0; i < Integer.BYTES; i++) {
                changed[LENGTH_INDEX + i] = (byte) (length >> (8 * (3 - i)));
            }
        }
        return changed;
    }

    /** A well-formed frame of any tag with anything in it. */
    private byte[] garbage() {
        byte[] frame = new byte[HEADER_BYTES + random.nextInt(40)];
        random.nextBytes(frame);
        return withLength(frame, frame.length - 1);
    }

    /** The frames as one stream, cut into the pieces in which it is to be written. */
    List<byte[]> pieces(List<byte[]> frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        byte[] stream = all.toByteArray();
        List<byte[]> pieces = new ArrayList<>();
        int pieceBytes = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 1 + random.nextInt(20_000);
        int limit = random.nextInt(5) == 0 ? random.nextInt(stream.length + 1) : stream.length;
        for (int index = 0; index < limit; ) {
            int end = Math.min(limit, index + 1 + random.nextInt(pieceBytes));
            // Not more than a thousand writes for a long stream.
            end = Math.min(limit, Math.max(end, index + stream.length / 1_000));
            pieces.add(Arrays.copyOfRange(stream, index, end));
            index = end;
        }
        return pieces;
    }
}
