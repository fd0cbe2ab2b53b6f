package io.pgorchestra.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgorchestra.protocol.message.ProtocolViolation;
import org.jspecify.annotations.Nullable;

/**
 * Walks the frames of one direction of a connection in place, and keeps what a read cut off until the next one. Bound to one event
 * loop. A frame of any size passes in bounded memory; only frames that the sink wants whole, or the front of, are collected.
 *
 * <p>Frames are {@code tag (1) length (4, counting itself) body}; see
 * <a href="https://www.postgresql.org/docs/current/protocol-overview.html">Protocol overview</a>.
 */
public final class FrameScanner {

    /** Answer of {@link FrameSink#head}: the front is too short. */
    public static final int NEED_MORE = -1;

    /** Answer of {@link FrameSink#head}: the frame passes whole, with the bytes before and behind it. */
    public static final int AS_IT_IS = -2;

    /** Tag and length. */
    public static final int HEADER_BYTES = 5;

    /** A length field counts itself. */
    private static final int LENGTH_FIELD_BYTES = 4;

    /** Two names and a type byte; Postgres cuts identifiers at 63 bytes, drivers' statement names stay far below this. */
    public static final int MAX_HEAD_BYTES = 16 * 1024;

    private final int maxWholeBytes;
    private final int maxBodyBytes;

    /** Bytes of a streaming frame that are still to come; they get {@link #streamVerdict}. */
    private int streamBytes;

    private Verdict streamVerdict = Verdict.PASS;

    /** A frame that a read cut off before it could be judged or read; null most of the time. Owned. */
    private @Nullable ByteBuf cutOff;

    /** The frame at the start of {@link #cutOff} or of the next scan has already been judged. */
    private @Nullable Verdict judged;

    private @Nullable ByteBuf runBuffer;
    private int runStart;
    private int frameStart;

    /**
     * A scanner at the start of a frame.
     *
     * @param maxWholeBytes the longest body a READ verdict may ask for; longer ones are a violation
     * @param maxBodyBytes the longest body at all; PgBouncer's {@code max_packet_size}
     */
    public FrameScanner(int maxWholeBytes, int maxBodyBytes) {
        this.maxWholeBytes = maxWholeBytes;
        this.maxBodyBytes = maxBodyBytes;
    }

    /**
     * Shows every frame in the buffer to the sink. Bytes taken are behind the reader index afterwards; what is left (after HOLD only)
     * belongs to the next scan and must be shown again first.
     *
     * @return false if the sink held a frame back
     * @throws ProtocolViolation if a length is impossible
     */
    public boolean scan(ByteBuf in, ByteBufAllocator allocator, FrameSink sink) {
        ByteBuf kept = cutOff;
        if (kept != null) {
            int joined = joinCutOff(kept, in, sink);
            if (joined < 0) {
                return joined != HELD;
            }
        }
        return walk(in, allocator, sink);
    }

    /** A frame that a read cut off is judged anew when more of it comes; what it was judged by has changed. */
    public void judgeAgain() {
        judged = null;
    }

    /** Whether part of a frame has been passed and the rest is still to come: nothing else can be said on that stream. */
    public boolean insidePassedFrame() {
        return streamBytes > 0 && streamVerdict == Verdict.PASS;
    }

    /** Passes the run of bytes before the frame now being judged, so that the sink may put bytes of its own in front of it. */
    public void passRunSoFar(FrameSink sink) {
        ByteBuf buffer = runBuffer;
        if (buffer != null && frameStart > runStart) {
            int start = runStart;
            runStart = frameStart;
            sink.pass(buffer, start, frameStart - start);
        }
    }

    /** Frees what a read cut off. The scanner is at the start of a frame afterwards. */
    public void release() {
        if (cutOff != null) {
            cutOff.release();
            cutOff = null;
        }
        streamBytes = 0;
        judged = null;
    }

    /** Hands over the bytes of a frame that a read cut off, for one who has bytes to show before them; null for none. */
    public @Nullable ByteBuf giveBack() {
        ByteBuf kept = cutOff;
        cutOff = null;
        judged = null;
        return kept;
    }

    /** Whether bytes of a frame lie here that have not been shown whole. */
    public boolean holdsBytes() {
        return cutOff != null;
    }

    private boolean walk(ByteBuf in, ByteBufAllocator allocator, FrameSink sink) {
        int index = in.readerIndex();
        int end = in.writerIndex();
        runBuffer = in;
        runStart = index;
        boolean held = false;
        try {
            if (streamBytes > 0) {
                int part = Math.min(streamBytes, end - index);
                streamBytes -= part;
                index += part;
                if (streamVerdict == Verdict.DROP) {
                    runStart = index;
                }
            }
            while (index < end) {
                frameStart = index;
                int next = step(in, index, end, sink);
                if (next < 0) {
                    held = next == HELD;
                    break;
                }
                index = next;
            }
            frameStart = index;
            passRunSoFar(sink);
        } catch (ProtocolViolation violation) {
            // The frames before it have been judged, and of one of them perhaps only the head has been passed.
            passRunSoFar(sink);
            throw violation;
        } finally {
            runBuffer = null;
        }
        if (held || index >= end) {
            in.readerIndex(Math.min(index, end));
            return !held;
        }
        keep(in, index, end, allocator);
        return true;
    }

    private static final int CUT = -1;
    private static final int HELD = -2;

    /** Judges the frame at {@code index} and returns where the next one begins, or CUT or HELD. */
    private int step(ByteBuf in, int index, int end, FrameSink sink) {
        int available = end - index;
        if (available < HEADER_BYTES) {
            return CUT;
        }
        byte tag = in.getByte(index);
        int bodyBytes = bodyBytes(tag, in.getInt(index + 1));
        int bodyIndex = index + HEADER_BYTES;
        int availableBody = Math.min(bodyBytes, end - bodyIndex);
        Verdict verdict = judged != null ? judged : sink.frame(tag, bodyBytes);
        judged = null;
        return switch (verdict) {
            case PASS -> stream(Verdict.PASS, bodyIndex, bodyBytes, availableBody);
            case LOOK -> {
                sink.look(tag, bodyBytes, in, bodyIndex, availableBody);
                yield stream(Verdict.PASS, bodyIndex, bodyBytes, availableBody);
            }
            case DROP -> drop(sink, bodyIndex, bodyBytes, availableBody);
            case HOLD -> HELD;
            case READ -> read(tag, in, bodyIndex, bodyBytes, availableBody, sink);
            case HEAD -> head(tag, in, bodyIndex, bodyBytes, availableBody, sink);
        };
    }

    private int bodyBytes(byte tag, int length) {
        int bodyBytes = length - LENGTH_FIELD_BYTES;
        // The length first: taking four from the smallest one would make it large.
        if (length < LENGTH_FIELD_BYTES || bodyBytes > maxBodyBytes) {
            throw new ProtocolViolation("length of message " + printable(tag) + ": " + length + " (expected: "
                    + LENGTH_FIELD_BYTES + ".." + ((long) maxBodyBytes + LENGTH_FIELD_BYTES) + ")");
        }
        return bodyBytes;
    }

    private int stream(Verdict verdict, int bodyIndex, int bodyBytes, int availableBody) {
        streamVerdict = verdict;
        streamBytes = bodyBytes - availableBody;
        return bodyIndex + availableBody;
    }

    private int drop(FrameSink sink, int bodyIndex, int bodyBytes, int availableBody) {
        passRunSoFar(sink);
        int next = stream(Verdict.DROP, bodyIndex, bodyBytes, availableBody);
        runStart = next;
        return next;
    }

    private int read(byte tag, ByteBuf in, int bodyIndex, int bodyBytes, int availableBody, FrameSink sink) {
        if (bodyBytes > maxWholeBytes) {
            throw new ProtocolViolation("length of message " + printable(tag) + ": " + bodyBytes
                    + " bytes (expected: at most " + maxWholeBytes + ")");
        }
        if (availableBody < bodyBytes) {
            judged = Verdict.READ;
            return CUT;
        }
        int next = bodyIndex + bodyBytes;
        return switch (sink.whole(tag, in, bodyIndex, bodyBytes)) {
            case PASS -> next;
            case DROP -> drop(sink, bodyIndex, bodyBytes, availableBody);
            // Judged anew from its header when it is shown again, if it is.
            case HOLD -> HELD;
            case READ, HEAD, LOOK -> throw new AssertionError("a whole frame is passed, dropped or held");
        };
    }

    private int head(byte tag, ByteBuf in, int bodyIndex, int bodyBytes, int availableBody, FrameSink sink) {
        int taken = sink.head(tag, bodyBytes, in, bodyIndex, availableBody);
        if (taken == AS_IT_IS) {
            return stream(Verdict.PASS, bodyIndex, bodyBytes, availableBody);
        }
        if (taken == NEED_MORE) {
            if (availableBody == bodyBytes || availableBody >= MAX_HEAD_BYTES) {
                throw new ProtocolViolation("names in message " + printable(tag) + ": no end in " + availableBody
                        + " bytes (expected: each ended by a zero byte, within " + MAX_HEAD_BYTES + " bytes)");
            }
            judged = Verdict.HEAD;
            return CUT;
        }
        passRunSoFar(sink);
        runStart = bodyIndex + taken;
        return stream(Verdict.PASS, bodyIndex, bodyBytes, availableBody);
    }

    private void keep(ByteBuf in, int index, int end, ByteBufAllocator allocator) {
        int available = end - index;
        int wanted = available;
        if (available >= HEADER_BYTES && judged == Verdict.READ) {
            wanted = HEADER_BYTES + in.getInt(index + 1) - LENGTH_FIELD_BYTES;
        }
        // Grown step by step: a length that a peer claims is not yet a length that it sends.
        ByteBuf kept = allocator.buffer(Math.max(16, Math.min(wanted, 2 * available)));
        kept.writeBytes(in, index, available);
        in.readerIndex(end);
        cutOff = kept;
    }

    /** Completes the cut-off frame from the new bytes as far as needed, and walks it. CUT when they do not suffice, HELD when held. */
    private int joinCutOff(ByteBuf kept, ByteBuf in, FrameSink sink) {
        while (true) {
            int missing = missingBytes(kept);
            int taken = Math.min(missing, in.readableBytes());
            kept.writeBytes(in, taken);
            if (taken < missing) {
                return CUT;
            }
            int next = walkCutOff(kept, sink);
            if (next == HELD) {
                return HELD;
            }
            if (next != CUT) {
                kept.release();
                cutOff = null;
                return next;
            }
        }
    }

    private int missingBytes(ByteBuf kept) {
        int available = kept.readableBytes();
        if (available < HEADER_BYTES) {
            return HEADER_BYTES - available;
        }
        int frameBytes = HEADER_BYTES + bodyBytes(kept.getByte(0), kept.getInt(1));
        if (judged == Verdict.READ) {
            return frameBytes - available;
        }
        if (judged == Verdict.HEAD) {
            return Math.min(available, frameBytes - available);
        }
        return 0;
    }

    private int walkCutOff(ByteBuf kept, FrameSink sink) {
        runBuffer = kept;
        runStart = 0;
        frameStart = 0;
        try {
            int next = step(kept, 0, kept.writerIndex(), sink);
            if (next >= 0) {
                frameStart = next;
                passRunSoFar(sink);
            }
            return next;
        } finally {
            runBuffer = null;
        }
    }

    private static String printable(byte tag) {
        return tag > ' ' && tag < 127 ? "'" + (char) tag + "'" : "0x" + Integer.toHexString(tag & 0xff);
    }
}
