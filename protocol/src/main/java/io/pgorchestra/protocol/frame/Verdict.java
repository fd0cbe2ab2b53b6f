package io.pgorchestra.protocol.frame;

/** What a {@link FrameSink} wants done with the frame whose header it was shown. */
public enum Verdict {
    /** Do not look inside: the frame leaves with its neighbours as one run of bytes. */
    PASS,
    /** Show as much of the body as has come, then pass the frame as it is, streaming. */
    LOOK,
    /** Show the front of the body; the sink writes its own header and front, the rest streams. */
    HEAD,
    /** Wait for the whole frame, up to the scanner's limit, and ask again with its body. */
    READ,
    /** Let the frame vanish, streaming. */
    DROP,
    /** Stop before this frame and leave its bytes in the buffer; it is shown again at the next scan. */
    HOLD
}
