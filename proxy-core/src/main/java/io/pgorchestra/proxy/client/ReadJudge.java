package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.Classification.Kind;
import io.pgorchestra.proxy.classify.Hint;
import io.pgorchestra.proxy.standby.ReadMode;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether what a session begins only reads: one Query, or a series of the extended protocol up to its Sync, if all of it has come.
 * Keeps the last judgement. Bound to the session's loop.
 */
final class ReadJudge {

    private static final int LENGTH_FIELD_BYTES = 4;
    private static final byte PORTAL = 'P';
    private static final byte[] NO_NAME = {};

    private final ClientSession session;
    private ReadMode mode = ReadMode.PRIMARY;
    private String reason = "";
    private boolean repeatable;
    private boolean writesNothing;
    private boolean onlyClaims;
    private @Nullable Classification query;
    private byte[] learnt = NO_NAME;
    private int endIndex;

    // --- the series now being walked ---

    private boolean insideTransaction;

    /** Whether what was looked at last writes nothing, though it may belong on the primary. */
    private boolean harmless;

    private @Nullable Classification unnamed;

    /** The statement that the series has parsed last under a name, and where that name stands. */
    private @Nullable Classification named;

    private int nameIndex;
    private int nameBytes;

    ReadJudge(ClientSession session) {
        this.session = session;
    }

    /** Why it was judged so. */
    String reason() {
        return reason;
    }

    /** Whether it could be sent again to another server, if no answer has been passed on. */
    boolean repeatable() {
        return repeatable;
    }

    /** Whether it leaves all data as it is, although it belongs on the primary: SET and SHOW, or a read that is wanted there. */
    boolean writesNothing() {
        return writesNothing;
    }

    /** Whether a read-only transaction is open when it has run, unless that fails. */
    boolean leavesTransactionOpen() {
        return insideTransaction;
    }

    private static boolean writesNothing(Classification text) {
        return text.kind() == Kind.SESSION || text.kind() == Kind.ORCHESTRA || text.kind() == Kind.READ;
    }

    /** Whether nothing but the client's hint says that it reads. */
    boolean onlyClaims() {
        return onlyClaims;
    }

    /** The name that it gives a statement, which must be forgotten before it is sent again; empty if it gives none. */
    byte[] learnt() {
        return learnt;
    }

    /** What it is, if it is a Query; null for a series. */
    @Nullable
    Classification query() {
        return query;
    }

    /** Where in the buffer it ends. */
    int endIndex() {
        return endIndex;
    }

    /**
     * Whether what begins with this message provably only reads, or says that it does.
     *
     * @param bodyIndex of the message in a buffer that holds all that has come behind it
     */
    boolean onlyReads(ReadMode sessionMode, byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        mode = sessionMode;
        repeatable = false;
        writesNothing = false;
        onlyClaims = false;
        query = null;
        learnt = NO_NAME;
        insideTransaction = false;
        endIndex = bodyIndex + bodyBytes;
        if (tag == FrontendTag.QUERY) {
            Classification text = session.classify(buffer, bodyIndex, bodyBytes);
            query = text;
            repeatable = text.kind() == Kind.READ || text.hint() == Hint.STANDBY;
            writesNothing = writesNothing(text);
            boolean only = reads(text);
            insideTransaction = beginsReadOnly(text);
            return only || insideTransaction;
        }
        return session.sharesStatements()
                ? seriesOnlyReads(buffer, bodyIndex - FrameScanner.HEADER_BYTES)
                : unsure("statements_not_shared");
    }

    private boolean reads(Classification text) {
        reason = text.hint() == Hint.NONE ? text.reason() : "hint";
        onlyClaims |= text.hint() == Hint.STANDBY && text.kind() != Kind.READ;
        return switch (text.hint()) {
            case PRIMARY -> false;
            case STANDBY -> true;
            case NONE -> text.kind() == Kind.READ && mode != ReadMode.PRIMARY;
        };
    }

    private boolean beginsReadOnly(Classification text) {
        return mode != ReadMode.PRIMARY
                && text.hint() != Hint.PRIMARY
                && (text.kind() == Kind.BEGIN_READ_ONLY
                        || (text.kind() == Kind.BEGIN && session.state().readOnlyByDefault()));
    }

    private boolean seriesOnlyReads(ByteBuf buffer, int startIndex) {
        unnamed = null;
        named = null;
        repeatable = true;
        boolean only = true;
        String why = "";
        int index = startIndex;
        int end = buffer.writerIndex();
        while (end - index >= FrameScanner.HEADER_BYTES) {
            byte tag = buffer.getByte(index);
            int bodyBytes = buffer.getInt(index + 1) - LENGTH_FIELD_BYTES;
            int bodyIndex = index + FrameScanner.HEADER_BYTES;
            if (bodyBytes < 0 || bodyBytes > end - bodyIndex) {
                break;
            }
            index = bodyIndex + bodyBytes;
            if (tag == FrontendTag.SYNC) {
                endIndex = index;
                writesNothing = !only;
                reason = only ? reason : why;
                return only;
            }
            harmless = false;
            if (!onlyReads(tag, buffer, bodyIndex, index)) {
                if (!harmless) {
                    return false;
                }
                // It belongs on the primary; whether it writes, the rest tells.
                why = only ? reason : why;
                only = false;
            }
        }
        return unsure("series_not_whole");
    }

    private boolean onlyReads(byte tag, ByteBuf buffer, int bodyIndex, int bodyEnd) {
        return switch (tag) {
            case FrontendTag.PARSE -> parsed(buffer, bodyIndex, bodyEnd);
            case FrontendTag.BIND -> uses(tag, buffer, buffer.indexOf(bodyIndex, bodyEnd, (byte) 0) + 1, bodyEnd);
            case FrontendTag.DESCRIBE ->
                (bodyEnd > bodyIndex && buffer.getByte(bodyIndex) == PORTAL)
                        || uses(tag, buffer, bodyIndex + 1, bodyEnd);
            // What is closed twice is closed.
            case FrontendTag.EXECUTE, FrontendTag.FLUSH, FrontendTag.CLOSE -> true;
            default -> unsure("function_call");
        };
    }

    private boolean parsed(ByteBuf buffer, int bodyIndex, int bodyEnd) {
        int nameEnd = buffer.indexOf(bodyIndex, bodyEnd, (byte) 0);
        if (nameEnd < 0) {
            return unsure("malformed");
        }
        Classification text = session.classify(buffer, nameEnd + 1, bodyEnd - nameEnd - 1);
        if (nameEnd == bodyIndex) {
            unnamed = text;
        } else {
            named = text;
            nameIndex = bodyIndex;
            nameBytes = nameEnd - bodyIndex;
            // One name can be forgotten again, unless the client had it already: then the answer is an error.
            repeatable &= learnt.length == 0 && session.namedStatement(buffer, bodyIndex, nameBytes) == null;
            learnt = ByteBufUtil.getBytes(buffer, bodyIndex, nameBytes);
        }
        return goesOn(FrontendTag.PARSE, text);
    }

    /** @param nameStart where the statement's name stands, if all is well */
    private boolean uses(byte tag, ByteBuf buffer, int nameStart, int bodyEnd) {
        int nameEnd = nameStart == 0 || nameStart >= bodyEnd ? -1 : buffer.indexOf(nameStart, bodyEnd, (byte) 0);
        if (nameEnd < 0) {
            return unsure("malformed");
        }
        Classification text = statement(buffer, nameStart, nameEnd - nameStart);
        return text == null ? unsure("unknown_statement") : goesOn(tag, text);
    }

    private @Nullable Classification statement(ByteBuf buffer, int nameStart, int bytes) {
        if (bytes == 0) {
            return unnamed == null ? session.unnamedStatement() : unnamed;
        }
        return named != null && sameName(buffer, nameStart, bytes)
                ? named
                : session.namedStatement(buffer, nameStart, bytes);
    }

    /** Inside a read-only transaction everything goes where that is; outside, each statement must only read. */
    private boolean goesOn(byte tag, Classification text) {
        if (insideTransaction) {
            insideTransaction = text.kind() != Kind.END || tag != FrontendTag.BIND;
            return true;
        }
        if (beginsReadOnly(text)) {
            reason = text.reason();
            // Once it runs: its Parse comes first.
            insideTransaction = tag == FrontendTag.BIND;
            repeatable = false;
            return true;
        }
        harmless = writesNothing(text);
        return reads(text);
    }

    private boolean sameName(ByteBuf buffer, int index, int bytes) {
        if (bytes != nameBytes) {
            return false;
        }
        for (int i = 0; i < bytes; i++) {
            if (buffer.getByte(nameIndex + i) != buffer.getByte(index + i)) {
                return false;
            }
        }
        return true;
    }

    private boolean unsure(String why) {
        reason = why;
        return false;
    }
}
