package io.pgorchestra.protocol.frame;

import io.netty.buffer.ByteBuf;

/**
 * One side's eyes on a byte stream: judges each frame by its header and receives the bytes that pass. Buffers are views, valid
 * during the call; indexes are absolute in the buffer.
 */
public interface FrameSink {

    /** A frame begins. {@code bodyBytes} does not count the four length bytes. */
    Verdict frame(byte tag, int bodyBytes);

    /** Bytes that leave as they are: whole frames, or parts of a frame that streams. */
    void pass(ByteBuf buffer, int index, int lengthBytes);

    /**
     * What has come so far of a {@link Verdict#LOOK} frame; it passes as it is.
     *
     * @param availableBytes how many body bytes are in the buffer from {@code bodyIndex} on: all, or fewer
     */
    default void look(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        throw new AssertionError("no LOOK verdict is given here");
    }

    /**
     * The front of a {@link Verdict#HEAD} frame. Whoever sends something instead of it first calls {@link FrameScanner#passRunSoFar}.
     *
     * @param availableBytes how many body bytes are in the buffer from {@code bodyIndex} on
     * @return how many body bytes the sink has taken care of; those behind them are passed. {@link FrameScanner#AS_IT_IS}
     *     passes all of the frame. {@link FrameScanner#NEED_MORE} asks for a longer front, which is an error once the whole body has
     *     been shown.
     */
    int head(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes);

    /** A whole {@link Verdict#READ} frame. Answers PASS, DROP or HOLD. */
    Verdict whole(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes);
}
