package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.CommandComplete;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import io.pgorchestra.proxy.statement.TransactionVerb;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandInTest {

    private final ByteBuf out = Unpooled.buffer();

    private static StandIn lostTransaction() {
        return StandIn.forLostTransaction(Failure.transactionLost());
    }

    @Test
    void lostTransaction_tellsTheNextStatementAndThenRefusesUntilRollback() {
        StandIn standIn = lostTransaction();

        query(standIn, "UPDATE t SET a = 1");
        assertEquals("E40001 Z=FAILED", said());
        query(standIn, "SELECT 1");
        assertEquals("E25P02 Z=FAILED", said());
        assertFalse(standIn.over());
        query(standIn, "rollback;");
        assertEquals("C=ROLLBACK Z=IDLE", said());
        assertTrue(standIn.over());
    }

    @Test
    void lostTransaction_whenCommittedUnseen_failsTheCommit() {
        StandIn standIn = lostTransaction();

        query(standIn, "COMMIT");

        assertEquals("E40001 Z=IDLE", said());
        assertTrue(standIn.over());
    }

    @Test
    void lostTransaction_whenCommittedAfterTheError_saysRollback() {
        StandIn standIn = lostTransaction();
        query(standIn, "SELECT 1");
        said();

        query(standIn, "COMMIT");

        assertEquals("C=ROLLBACK Z=IDLE", said());
    }

    @Test
    void lostTransaction_whenRolledBackToSavepoint_staysFailed() {
        StandIn standIn = lostTransaction();

        query(standIn, "ROLLBACK TO SAVEPOINT s");

        assertEquals("E40001 Z=FAILED", said());
        assertFalse(standIn.over());
    }

    @Test
    void lostTransaction_extended_skipsToSync() {
        StandIn standIn = lostTransaction();

        parse(standIn, "SELECT 1");
        answer(standIn, FrontendTag.BIND, "\0\0", TransactionVerb.UNKNOWN);
        answer(standIn, FrontendTag.EXECUTE, "\0", TransactionVerb.NONE);
        assertEquals("E40001", said());
        answer(standIn, FrontendTag.SYNC, "", TransactionVerb.NONE);

        assertEquals("Z=FAILED", said());
        assertFalse(standIn.over());
    }

    @Test
    void lostTransaction_extendedRollback_isAnsweredAsByAServer() {
        StandIn standIn = lostTransaction();

        parse(standIn, "ROLLBACK");
        answer(standIn, FrontendTag.BIND, "\0\0", TransactionVerb.UNKNOWN);
        answer(standIn, FrontendTag.EXECUTE, "\0", TransactionVerb.NONE);
        answer(standIn, FrontendTag.SYNC, "", TransactionVerb.NONE);

        assertEquals("ParseComplete BindComplete C=ROLLBACK Z=IDLE", said());
        assertTrue(standIn.over());
    }

    /** As pgjdbc sends the first statement of a transaction: it would have been committed by itself. */
    @Test
    void heldTooLong_whatIsPipelinedBehindABegin_isRefusedToo() {
        StandIn standIn = StandIn.forHeldRequests(Failure.noPrimary());

        query(standIn, "BEGIN");
        assertEquals("E57P03 Z=IDLE", said());
        assertFalse(standIn.over());
        parse(standIn, "INSERT INTO t VALUES (1)");
        answer(standIn, FrontendTag.BIND, "\0\0", TransactionVerb.UNKNOWN);
        answer(standIn, FrontendTag.EXECUTE, "\0", TransactionVerb.NONE);
        answer(standIn, FrontendTag.SYNC, "", TransactionVerb.NONE);
        assertEquals("E57P03 Z=IDLE", said());
        standIn.heardOut();

        assertTrue(standIn.over());
    }

    @Test
    void owedQuery_isAnsweredAtOnce() {
        ResponseLedger owed = new ResponseLedger();
        owed.push(Reply.QUERY, Fate.FORWARD);
        StandIn standIn = StandIn.forLostRequest(Failure.resolutionUnknown());

        standIn.answerOwed(owed, out);

        assertEquals("E08007 Z=IDLE", said());
        assertTrue(standIn.over());
    }

    @Test
    void owedPipelineWithoutSync_isDeafUntilSync() {
        ResponseLedger owed = new ResponseLedger();
        owed.push(Reply.PARSE, Fate.SWALLOW);
        owed.push(Reply.BIND, Fate.FORWARD);
        owed.push(Reply.EXECUTE, Fate.FORWARD);
        StandIn standIn = StandIn.forLostRequest(Failure.resolutionUnknown());

        standIn.answerOwed(owed, out);
        assertEquals("E08007", said());
        query(standIn, "SELECT 1");
        assertEquals("", said());
        answer(standIn, FrontendTag.SYNC, "", TransactionVerb.NONE);

        assertEquals("Z=IDLE", said());
        assertTrue(standIn.over());
    }

    @Test
    void owedPipelinesWithSyncs_areAnsweredOneByOne() {
        ResponseLedger owed = new ResponseLedger();
        owed.push(Reply.BIND, Fate.FORWARD);
        owed.push(Reply.SYNC, Fate.FORWARD);
        owed.push(Reply.BIND, Fate.FORWARD);
        owed.push(Reply.SYNC, Fate.FORWARD);
        StandIn standIn = StandIn.forLostRequest(Failure.resolutionUnknown());

        standIn.answerOwed(owed, out);

        assertEquals("E08007 Z=IDLE E08007 Z=IDLE", said());
        assertTrue(standIn.over());
    }

    private void query(StandIn standIn, String sql) {
        answer(standIn, FrontendTag.QUERY, sql + "\0", TransactionVerb.NONE);
    }

    private void parse(StandIn standIn, String sql) {
        answer(standIn, FrontendTag.PARSE, "\0" + sql + "\0\0\0", TransactionVerb.NONE);
    }

    private void answer(StandIn standIn, byte tag, String body, TransactionVerb named) {
        ByteBuf buffer = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        standIn.answer(tag, buffer, 0, buffer.readableBytes(), named, out);
    }

    private String said() {
        StringBuilder said = new StringBuilder();
        while (out.isReadable()) {
            byte tag = out.readByte();
            BackendMessage message = MessageReader.readBackend(tag, out.readSlice(out.readInt() - 4));
            said.append(said.isEmpty() ? "" : " ").append(word(message));
        }
        return said.toString();
    }

    private static String word(BackendMessage message) {
        if (message instanceof ErrorResponse error) {
            return "E" + error.fields().sqlState();
        }
        if (message instanceof ReadyForQuery ready) {
            return "Z=" + ready.status();
        }
        if (message instanceof CommandComplete complete) {
            return "C=" + complete.commandTag();
        }
        return message.getClass().getSimpleName();
    }
}
