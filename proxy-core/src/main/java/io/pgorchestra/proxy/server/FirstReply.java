package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrameScanner;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What the first bytes of an answer come to: an answer, or a standby's word that the primary must be asked. */
enum FirstReply {
    /** Rows or the end of a statement, or an error that the primary would answer too. */
    ANSWER,
    /** An error that only a standby gives. */
    REFUSAL,
    /** Nothing that tells. */
    UNDECIDED;

    /**
     * What a standby says where a primary would have answered: it is read-only (25006); replay needed what the query used (40001, or its kin
     * 40P01); it shuts down, crashes or lets nobody in (57P01, 57P02, 57P03); a feature needs the primary (55000, 0A000).
     */
    private static final Set<String> REFUSALS =
            Set.of("25006", "40001", "40P01", "57P01", "57P02", "57P03", "57P05", "55000", "0A000");

    private static final int LENGTH_FIELD_BYTES = 4;
    private static final byte CODE_FIELD = 'C';

    /** Looks from the start of a message; moves no index. */
    static FirstReply of(ByteBuf in) {
        int index = in.readerIndex();
        int end = in.writerIndex();
        while (end - index >= FrameScanner.HEADER_BYTES) {
            byte tag = in.getByte(index);
            int bodyBytes = in.getInt(index + 1) - LENGTH_FIELD_BYTES;
            int bodyIndex = index + FrameScanner.HEADER_BYTES;
            switch (tag) {
                case BackendTag.PARSE_COMPLETE,
                        BackendTag.BIND_COMPLETE,
                        BackendTag.CLOSE_COMPLETE,
                        BackendTag.ROW_DESCRIPTION,
                        BackendTag.NO_DATA,
                        BackendTag.PARAMETER_DESCRIPTION,
                        BackendTag.PARAMETER_STATUS,
                        BackendTag.NOTICE_RESPONSE -> {
                    if (bodyBytes < 0) {
                        return ANSWER;
                    }
                    if (bodyBytes > end - bodyIndex) {
                        return UNDECIDED;
                    }
                    index = bodyIndex + bodyBytes;
                }
                case BackendTag.ERROR_RESPONSE -> {
                    if (bodyBytes > end - bodyIndex) {
                        return UNDECIDED;
                    }
                    boolean refuses = bodyBytes >= 0 && REFUSALS.contains(code(in, bodyIndex, bodyIndex + bodyBytes));
                    return refuses ? REFUSAL : ANSWER;
                }
                default -> {
                    return ANSWER;
                }
            }
        }
        return UNDECIDED;
    }

    private static String code(ByteBuf in, int bodyIndex, int end) {
        int index = bodyIndex;
        while (index < end && in.getByte(index) != 0) {
            int valueEnd = in.indexOf(index + 1, end, (byte) 0);
            if (valueEnd < 0) {
                return "";
            }
            if (in.getByte(index) == CODE_FIELD) {
                return in.toString(index + 1, valueEnd - index - 1, StandardCharsets.US_ASCII);
            }
            index = valueEnd + 1;
        }
        return "";
    }
}
