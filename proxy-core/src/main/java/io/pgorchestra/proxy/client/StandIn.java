package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage.BindComplete;
import io.pgorchestra.protocol.message.BackendMessage.CloseComplete;
import io.pgorchestra.protocol.message.BackendMessage.CommandComplete;
import io.pgorchestra.protocol.message.BackendMessage.NoData;
import io.pgorchestra.protocol.message.BackendMessage.ParameterDescription;
import io.pgorchestra.protocol.message.BackendMessage.ParseComplete;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.failure.FailureReply;
import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import io.pgorchestra.proxy.statement.TransactionVerb;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers a client in the stead of a server that is gone, as that server would have answered, until the client has seen the error and
 * ended what it was doing. Then the client goes on as if nothing had been. Bound to the client's loop.
 *
 * <pre>
 *   transaction lost:   an error to what is owed or asked next; then 25P02, until ROLLBACK or COMMIT; then over
 *   nothing but this request lost:   an error to it, up to its Sync or ReadyForQuery; then over
 *   held too long, nothing begun:   the same error to each request that was sent before the client could know; then over
 * </pre>
 */
final class StandIn {

    private TransactionStatus status;

    /** What the next request is told; null once a client knows that its transaction is lost. */
    private @Nullable Failure due;

    /** As a server after an error in the extended protocol: deaf until Sync. */
    private boolean skipping;

    /**
     * What is answered was sent before the client could know of the error. A BEGIN that is refused must not turn the INSERT behind it
     * into a transaction of its own.
     */
    private boolean unaware;

    private TransactionVerb unnamedStatement = TransactionVerb.NONE;
    private TransactionVerb portal = TransactionVerb.NONE;

    private StandIn(TransactionStatus status, Failure due) {
        this.status = status;
        this.due = due;
    }

    /** For a client whose transaction is gone: it must end it itself. */
    static StandIn forLostTransaction(Failure failure) {
        return new StandIn(TransactionStatus.FAILED, failure);
    }

    /** For a client that only what it has sent, or sends next, is refused to. */
    static StandIn forLostRequest(Failure failure) {
        return new StandIn(TransactionStatus.IDLE, failure);
    }

    /** For a client that has been held, with all that it has sent meanwhile; {@link #heardOut} ends it. */
    static StandIn forHeldRequests(Failure failure) {
        StandIn standIn = new StandIn(TransactionStatus.IDLE, failure);
        standIn.unaware = true;
        return standIn;
    }

    /** All that the client had sent has been answered; what comes now, it sends knowing of the error. */
    void heardOut() {
        if (unaware) {
            unaware = false;
            due = null;
        }
    }

    /** Ends every request that the lost server still owed a reply to. */
    void answerOwed(ResponseLedger owed, ByteBuf out) {
        Failure failure = due;
        skipping = owed.skipping();
        boolean told = skipping;
        for (int i = 0; i < owed.size(); i++) {
            if (owed.fateOwed(i) == Fate.SWALLOW || failure == null) {
                continue;
            }
            Reply reply = owed.replyOwed(i);
            if (!told && reply != Reply.COPY_END) {
                FailureReply.writeError(failure, out);
                due = null;
                told = true;
            }
            boolean ends = reply == Reply.SYNC || reply == Reply.QUERY || reply == Reply.FUNCTION_CALL;
            if (ends) {
                ready(out);
                told = false;
            }
            skipping = told;
        }
    }

    /** Whether the client may be given a server again. */
    boolean over() {
        return status == TransactionStatus.IDLE && !skipping && due == null;
    }

    /**
     * Answers one whole message.
     *
     * @param named the verb of the prepared statement that a Bind or Describe names; UNKNOWN if it names the unnamed one
     * @return whether it was a Parse and was taken: its statement is one that the client may name from now on
     */
    boolean answer(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes, TransactionVerb named, ByteBuf out) {
        if (skipping && tag != FrontendTag.SYNC) {
            return false;
        }
        switch (tag) {
            case FrontendTag.QUERY -> {
                run(TransactionVerb.of(buffer, bodyIndex, bodyBytes), out);
                ready(out);
            }
            case FrontendTag.PARSE -> {
                int nameEnd = buffer.indexOf(bodyIndex, bodyIndex + bodyBytes, (byte) 0);
                TransactionVerb verb = nameEnd < 0
                        ? TransactionVerb.UNKNOWN
                        : TransactionVerb.of(buffer, nameEnd + 1, bodyIndex + bodyBytes - nameEnd - 1);
                if (accepts(verb, out)) {
                    unnamedStatement = nameEnd == bodyIndex ? verb : unnamedStatement;
                    MessageWriter.write(new ParseComplete(), out);
                    return true;
                }
            }
            case FrontendTag.BIND -> {
                portal = named == TransactionVerb.UNKNOWN ? unnamedStatement : named;
                if (accepts(portal, out)) {
                    MessageWriter.write(new BindComplete(), out);
                }
            }
            case FrontendTag.DESCRIBE -> {
                boolean ofStatement = bodyBytes > 0 && buffer.getByte(bodyIndex) == 'S';
                TransactionVerb statement = named == TransactionVerb.UNKNOWN ? unnamedStatement : named;
                if (accepts(ofStatement ? statement : portal, out)) {
                    if (ofStatement) {
                        MessageWriter.write(new ParameterDescription(List.of()), out);
                    }
                    MessageWriter.write(new NoData(), out);
                }
            }
            case FrontendTag.EXECUTE -> {
                if (accepts(portal, out)) {
                    skipping = !run(portal, out);
                }
            }
            case FrontendTag.CLOSE -> MessageWriter.write(new CloseComplete(), out);
            case FrontendTag.SYNC -> {
                if (!skipping) {
                    tellDue(out);
                }
                skipping = false;
                ready(out);
            }
            case FrontendTag.FUNCTION_CALL -> {
                run(TransactionVerb.NONE, out);
                ready(out);
            }
            default -> {
                // Flush, and the rest of a copy: nothing to say.
            }
        }
        return false;
    }

    /** Runs what can be run without a server: the end of a transaction that is lost already. False if it ends with an error. */
    private boolean run(TransactionVerb verb, ByteBuf out) {
        boolean ends = status == TransactionStatus.FAILED
                && (verb == TransactionVerb.ROLLBACK || verb == TransactionVerb.COMMIT);
        if (!ends) {
            refuse(out);
            return false;
        }
        status = TransactionStatus.IDLE;
        if (verb == TransactionVerb.COMMIT && due != null) {
            tellDue(out);
            return false;
        }
        due = null;
        // As Postgres answers a COMMIT of a failed transaction, too.
        MessageWriter.write(new CommandComplete("ROLLBACK"), out);
        return true;
    }

    /** In a failed transaction only its end may be prepared and bound. */
    private boolean accepts(TransactionVerb verb, ByteBuf out) {
        if (status == TransactionStatus.FAILED
                && (verb == TransactionVerb.ROLLBACK || verb == TransactionVerb.COMMIT)) {
            return true;
        }
        refuse(out);
        skipping = true;
        return false;
    }

    private void refuse(ByteBuf out) {
        if (due == null) {
            FailureReply.writeError(Failure.inFailedTransaction(), out);
            return;
        }
        tellDue(out);
    }

    private void tellDue(ByteBuf out) {
        Failure failure = due;
        if (failure != null) {
            due = unaware ? failure : null;
            FailureReply.writeError(failure, out);
        }
    }

    private void ready(ByteBuf out) {
        MessageWriter.write(new ReadyForQuery(status), out);
    }
}
