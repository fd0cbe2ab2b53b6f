package io.pgorchestra.proxy.session;

import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.message.ProtocolViolation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The replies one server still owes, oldest first: the proof that no client sees another's row. Bound to one event loop; no I/O.
 *
 * <p>A server goes back to its pool only when this is empty and its transaction status is idle. After an error in the extended
 * protocol the server skips to the next Sync, and so does this queue; see
 * <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY">Extended Query</a>.
 *
 * <p>An entry is one int: the reply in the low byte, its fate above it. Notes, which only requests that change prepared statements
 * carry, lie in a second ring made when the first one comes.
 */
@SuppressWarnings("EnumOrdinal") // Entries are ints, for the hot path; the numbers go nowhere else.
public final class ResponseLedger {

    /** Requests a client may have in flight on one server. Backpressure stops every real pipeline long before. */
    static final int MAX_IN_FLIGHT = 1 << 20;

    private static final int FATE_SHIFT = 8;
    private static final int REPLY_MASK = 0xff;

    private int[] entries = new int[16];
    private @Nullable Object @Nullable [] notes;
    private int head;
    private int size;

    /** An error came and the server ignores everything up to the next Sync, which has not been sent yet. */
    private boolean skipping;

    /** The server is reading copy data, and eats Flush and Sync until the copy's end. */
    private boolean eatingSyncs;

    /** Syncs taken for eaten by the copy that is under way. */
    private int eatenSyncs;

    /**
     * An error came before the copy may have read those Syncs, so that nobody can know how many of them are still going to be answered; or a
     * series was ended by something else than a Sync.
     */
    private boolean inDoubt;

    /** The request at the head has begun a copy from the client, whose end the server has not answered yet. */
    private boolean copyOpen;

    /** The request now at the head has already been answered by an error. */
    private boolean headFailed;

    /** How many Syncs have been noted, ever. */
    private long series;

    /** The last request belongs to a series that its Sync has not ended: the server's transaction goes on, whatever its status says. */
    private boolean syncOwed;

    /** Whether the server owes nothing. */
    public boolean isEmpty() {
        return size == 0 && !skipping;
    }

    /** Whether requests of the extended protocol have been sent without a Sync behind them: it is the client who owes. */
    public boolean syncOwed() {
        return syncOwed;
    }

    /** The series that the next request belongs to: what lies between the same two Syncs has the same. */
    public long series() {
        return series;
    }

    /** Whether nobody can foresee what the server will do next: after what is owed now, it must not be used again. */
    public boolean inDoubt() {
        return inDoubt;
    }

    /** Whether a reply must come before the server can be sent more; in a copy it is the server that waits. */
    public boolean awaitsReplies() {
        return size > 0 && !copyOpen;
    }

    public int size() {
        return size;
    }

    /** Whether the server ignores all but Sync at this moment, as far as this side can know. */
    public boolean skipping() {
        return skipping;
    }

    /**
     * Notes that a request has been sent (or, for SYNTHESIZE, left out).
     *
     * @return false if the server will ignore it, because it is skipping to a Sync
     */
    public boolean push(Reply reply, Fate fate) {
        return push(reply, fate, null);
    }

    /** As {@link #push(Reply, Fate)}, with a note to be handed back when the request succeeds or is undone. */
    public boolean push(Reply reply, Fate fate, @Nullable Object note) {
        if (reply == Reply.SYNC) {
            series++;
        }
        if (skipping) {
            if (reply != Reply.SYNC) {
                return false;
            }
            skipping = false;
        }
        if (eatingSyncs) {
            if (reply == Reply.SYNC) {
                eatenSyncs++;
                return true;
            }
            // Anything else ends the copy: well, as its end does, or with an error.
            eatingSyncs = fate == Fate.SYNTHESIZE;
        }
        // Postgres may take the end of such a Query for the end of the transaction and yet leave it open: XX000 to
        // whoever comes next.
        inDoubt |= syncOwed && (reply == Reply.QUERY || reply == Reply.FUNCTION_CALL);
        syncOwed = reply.skipsToSync();
        if (size == entries.length) {
            if (size >= MAX_IN_FLIGHT) {
                throw new ProtocolViolation("requests in flight: " + size + " (expected: fewer than " + MAX_IN_FLIGHT
                        + "; read the replies)");
            }
            grow();
        }
        int index = (head + size) & (entries.length - 1);
        entries[index] = reply.ordinal() | fate.ordinal() << FATE_SHIFT;
        if (note != null) {
            if (notes == null) {
                notes = new Object[entries.length];
            }
            notes[index] = note;
        }
        size++;
        return true;
    }

    /**
     * A frame has come from the server.
     *
     * @return what to do with it; FORWARD for what no request asked for (notices, parameter status, notifications)
     * @throws ProtocolViolation if no request accounts for it: the server must not be used again
     */
    public Fate reply(byte tag, LedgerSink sink) {
        synthesizeDue(sink);
        while (headIs(Reply.COPY_END)) {
            pop();
            synthesizeDue(sink);
        }
        return switch (tag) {
            case BackendTag.PARSE_COMPLETE -> complete(Reply.PARSE, tag, sink);
            case BackendTag.BIND_COMPLETE -> complete(Reply.BIND, tag, sink);
            case BackendTag.CLOSE_COMPLETE -> complete(Reply.CLOSE, tag, sink);
            case BackendTag.READY_FOR_QUERY -> readyForQuery(sink);
            case BackendTag.ROW_DESCRIPTION, BackendTag.NO_DATA ->
                headIs(Reply.DESCRIBE) ? complete(Reply.DESCRIBE, tag, sink) : fateOfHead(tag);
            case BackendTag.COMMAND_COMPLETE, BackendTag.EMPTY_QUERY_RESPONSE, BackendTag.PORTAL_SUSPENDED -> {
                eatingSyncs = false;
                eatenSyncs = 0;
                yield headIs(Reply.EXECUTE) ? complete(Reply.EXECUTE, tag, sink) : statementEnded(tag);
            }
            case BackendTag.ERROR_RESPONSE -> error(sink);
            case BackendTag.COPY_IN_RESPONSE -> copyIn(tag);
            case BackendTag.NOTICE_RESPONSE, BackendTag.NOTIFICATION_RESPONSE, BackendTag.PARAMETER_STATUS ->
                fateOfAsynchronous();
            default -> fateOfHead(tag);
        };
    }

    /** Whether the reply owed next is one that needs no server. */
    public boolean synthesisDue() {
        return size > 0 && fateAt(head) == Fate.SYNTHESIZE;
    }

    /** Answers what is due without waiting for the server: after a Flush, when it has nothing before these to answer. */
    public void synthesizeDue(LedgerSink sink) {
        while (synthesisDue()) {
            Reply reply = replyAt(head);
            Object note = pop();
            sink.synthesize(reply);
            if (note != null) {
                sink.succeeded(reply, note);
            }
        }
    }

    /** The reply owed after {@code position} others; for one who has to answer them all. */
    public Reply replyOwed(int position) {
        return replyAt((head + position) & (entries.length - 1));
    }

    /** What was to become of it. */
    public Fate fateOwed(int position) {
        return fateAt((head + position) & (entries.length - 1));
    }

    /** Whether the reply owed next is the one to this request. */
    public boolean oldestIs(Reply reply) {
        return headIs(reply);
    }

    /** From now on nothing that is owed reaches a client: it is gone. */
    public void swallowAll() {
        for (int i = 0; i < size; i++) {
            int index = (head + i) & (entries.length - 1);
            if (fateAt(index) == Fate.FORWARD) {
                entries[index] = replyAt(index).ordinal() | Fate.SWALLOW.ordinal() << FATE_SHIFT;
            }
        }
    }

    /** Forgets everything; the connection is closed. */
    public void clear() {
        size = 0;
        head = 0;
        skipping = false;
        eatingSyncs = false;
        headFailed = false;
        copyOpen = false;
        syncOwed = false;
        eatenSyncs = 0;
        inDoubt = false;
        if (notes != null) {
            Arrays.fill(notes, null);
        }
    }

    private Fate complete(Reply expected, byte tag, LedgerSink sink) {
        if (!headIs(expected)) {
            throw unexpected(tag);
        }
        Fate fate = fateAt(head);
        Object note = pop();
        if (note != null) {
            sink.succeeded(expected, note);
        }
        if (fate == Fate.SWALLOW) {
            sink.swallowed(expected, note, false);
        }
        return fate;
    }

    /** One statement of a Query, which may hold several copies, each with an end of its own. */
    private Fate statementEnded(byte tag) {
        Fate fate = fateOfHead(tag);
        int behind = (head + 1) & (entries.length - 1);
        if (copyOpen && size > 1 && replyAt(behind) == Reply.COPY_END) {
            move(head, behind);
            head = behind;
            size--;
        }
        copyOpen = false;
        return fate;
    }

    private Fate readyForQuery(LedgerSink sink) {
        if (size == 0 && inDoubt) {
            // One of the Syncs in doubt has been read after all.
            skipping = false;
            return Fate.FORWARD;
        }
        if (!headIs(Reply.SYNC) && !headIs(Reply.QUERY) && !headIs(Reply.FUNCTION_CALL)) {
            throw unexpected(BackendTag.READY_FOR_QUERY);
        }
        Reply reply = replyAt(head);
        Fate fate = fateAt(head);
        boolean failed = headFailed;
        Object note = pop();
        eatingSyncs = false;
        while (headIs(Reply.COPY_END)) {
            // The end of a copy that the server has not begun or has left owes nothing, and must not look as if it did.
            pop();
        }
        syncOwed &= size > 0;
        if (fate == Fate.SWALLOW) {
            sink.swallowed(reply, note, failed);
        }
        return fate;
    }

    private Fate error(LedgerSink sink) {
        if (size == 0) {
            // What it did not understand made it deaf until a Sync, and whoever got it next would not be heard.
            throw unexpected(BackendTag.ERROR_RESPONSE);
        }
        Reply reply = replyAt(head);
        Fate fate = fateAt(head);
        eatingSyncs = false;
        copyOpen = false;
        inDoubt |= eatenSyncs > 0;
        eatenSyncs = 0;
        if (!reply.skipsToSync()) {
            headFailed = true;
            return fate;
        }
        skipToSync(sink);
        // The client asked for something that needed the proxy's own request: the error is the answer to its question.
        return Fate.FORWARD;
    }

    /** Drops everything before the next Sync, undoing newest first. */
    private void skipToSync(LedgerSink sink) {
        int skipped = 0;
        while (skipped < size && replyAt((head + skipped) & (entries.length - 1)) != Reply.SYNC) {
            skipped++;
        }
        for (int i = skipped - 1; i >= 0; i--) {
            int index = (head + i) & (entries.length - 1);
            Object note = notes == null ? null : notes[index];
            if (note != null) {
                sink.undone(replyAt(index), note);
            }
        }
        skipping = skipped == size;
        for (int i = 0; i < skipped; i++) {
            pop();
        }
    }

    /** Syncs sent before the copy's end are read, and ignored, as part of the copy. */
    private Fate copyIn(byte tag) {
        Fate fate = fateOfHead(tag);
        if (headIs(Reply.EXECUTE) || headIs(Reply.QUERY)) {
            copyOpen = true;
            eatingSyncs = true;
            int kept = 1;
            for (int i = 1; i < size; i++) {
                int index = (head + i) & (entries.length - 1);
                if (eatingSyncs && replyAt(index) == Reply.SYNC) {
                    eatenSyncs++;
                    continue;
                }
                eatingSyncs &= fateAt(index) == Fate.SYNTHESIZE;
                move(index, (head + kept) & (entries.length - 1));
                kept++;
            }
            size = kept;
            syncOwed |= eatingSyncs && eatenSyncs > 0;
        }
        return fate;
    }

    private void move(int from, int to) {
        if (from == to) {
            return;
        }
        entries[to] = entries[from];
        if (notes != null) {
            notes[to] = notes[from];
            notes[from] = null;
        }
    }

    private Fate fateOfAsynchronous() {
        return size > 0 && fateAt(head) == Fate.SWALLOW ? Fate.SWALLOW : Fate.FORWARD;
    }

    private Fate fateOfHead(byte tag) {
        if (size == 0) {
            throw unexpected(tag);
        }
        return fateAt(head);
    }

    private boolean headIs(Reply reply) {
        return size > 0 && (entries[head] & REPLY_MASK) == reply.ordinal();
    }

    private Reply replyAt(int index) {
        return Reply.of(entries[index] & REPLY_MASK);
    }

    private Fate fateAt(int index) {
        return Fate.of(entries[index] >> FATE_SHIFT);
    }

    private @Nullable Object pop() {
        Object note = null;
        if (notes != null) {
            note = notes[head];
            notes[head] = null;
        }
        head = (head + 1) & (entries.length - 1);
        size--;
        headFailed = false;
        copyOpen = false;
        return note;
    }

    private void grow() {
        int[] grown = new int[entries.length * 2];
        @Nullable Object[] grownNotes = notes == null ? null : new Object[grown.length];
        for (int i = 0; i < size; i++) {
            int index = (head + i) & (entries.length - 1);
            grown[i] = entries[index];
            if (grownNotes != null && notes != null) {
                grownNotes[i] = notes[index];
            }
        }
        entries = grown;
        notes = grownNotes;
        head = 0;
    }

    private ProtocolViolation unexpected(byte tag) {
        return new ProtocolViolation("message " + BackendTag.nameOf(tag) + " from the server (expected: "
                + (size == 0 ? "none, nothing was asked" : "an answer to " + replyAt(head)) + ")");
    }
}
