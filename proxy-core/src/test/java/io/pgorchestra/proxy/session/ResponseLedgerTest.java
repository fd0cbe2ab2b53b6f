package io.pgorchestra.proxy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.message.ProtocolViolation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseLedgerTest {

    private final ResponseLedger ledger = new ResponseLedger();
    private final RecordedSink sink = new RecordedSink();

    @Test
    void reply_toSimpleQuery_forwardsAllOfIt() {
        ledger.push(Reply.QUERY, Fate.FORWARD);

        assertForwarded(
                BackendTag.ROW_DESCRIPTION,
                BackendTag.DATA_ROW,
                BackendTag.COMMAND_COMPLETE,
                BackendTag.EMPTY_QUERY_RESPONSE,
                BackendTag.ERROR_RESPONSE);
        assertFalse(ledger.isEmpty());
        assertForwarded(BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void reply_toFunctionCall_endsWithReadyForQuery() {
        ledger.push(Reply.FUNCTION_CALL, Fate.FORWARD);

        assertForwarded((byte) 'V', BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void reply_toEachExtendedRequest_takesItOff() {
        pushForwarded(Reply.PARSE, Reply.BIND, Reply.DESCRIBE, Reply.EXECUTE, Reply.CLOSE, Reply.SYNC);

        assertForwarded(BackendTag.PARSE_COMPLETE, BackendTag.BIND_COMPLETE, (byte) 't', BackendTag.ROW_DESCRIPTION);
        assertTrue(ledger.oldestIs(Reply.EXECUTE));
        assertForwarded(BackendTag.DATA_ROW, BackendTag.PORTAL_SUSPENDED, BackendTag.CLOSE_COMPLETE);
        assertTrue(ledger.oldestIs(Reply.SYNC));
        assertForwarded(BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void syncOwed_afterAnswersToASeriesWithoutSync_isTrueUntilTheSync() {
        pushForwarded(Reply.PARSE, Reply.BIND, Reply.EXECUTE);
        assertForwarded(BackendTag.PARSE_COMPLETE, BackendTag.BIND_COMPLETE, BackendTag.PORTAL_SUSPENDED);

        assertTrue(ledger.isEmpty());
        assertTrue(ledger.syncOwed());
        pushForwarded(Reply.SYNC);
        assertFalse(ledger.syncOwed());
    }

    @Test
    void syncOwed_whenACopyAteTheSync_isTrue() {
        pushForwarded(Reply.EXECUTE, Reply.SYNC);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.COMMAND_COMPLETE);

        assertTrue(ledger.isEmpty());
        assertTrue(ledger.syncOwed());
    }

    @Test
    void syncOwed_afterTheEndOfACopyThatNeverWas_isFalse() {
        pushForwarded(Reply.SYNC, Reply.COPY_END);

        assertForwarded(BackendTag.READY_FOR_QUERY);

        assertTrue(ledger.isEmpty());
        assertFalse(ledger.syncOwed());
    }

    /** As after a trigger that fails for the whole statement: the Sync behind the Execute has not been read yet, and is answered. */
    @Test
    void error_beforeACopyHasReadItsSync_leavesTheServerInDoubt() {
        pushForwarded(Reply.EXECUTE, Reply.SYNC);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.ERROR_RESPONSE);
        assertFalse(ledger.isEmpty());
        assertForwarded(BackendTag.READY_FOR_QUERY);

        assertTrue(ledger.isEmpty());
        assertTrue(ledger.inDoubt());
    }

    @Test
    void error_inACopyThatWasSentNoSync_leavesNoDoubt() {
        pushForwarded(Reply.EXECUTE);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.ERROR_RESPONSE);
        pushForwarded(Reply.SYNC);
        assertForwarded(BackendTag.READY_FOR_QUERY);

        assertTrue(ledger.isEmpty());
        assertFalse(ledger.inDoubt());
    }

    @Test
    void query_thatEndsASeriesInsteadOfASync_leavesTheServerInDoubt() {
        pushForwarded(Reply.PARSE, Reply.BIND, Reply.QUERY);
        assertFalse(ledger.syncOwed());
        assertTrue(ledger.inDoubt());
    }

    @Test
    void query_behindASync_leavesNoDoubt() {
        pushForwarded(Reply.PARSE, Reply.SYNC, Reply.QUERY);
        assertFalse(ledger.inDoubt());
    }

    @Test
    void endOfACopy_thatAteItsSync_leavesNoDoubt() {
        pushForwarded(Reply.EXECUTE, Reply.SYNC);
        assertForwarded(BackendTag.COPY_IN_RESPONSE);
        pushForwarded(Reply.COPY_END, Reply.SYNC);

        assertForwarded(BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY);

        assertTrue(ledger.isEmpty());
        assertFalse(ledger.inDoubt());
    }

    @Test
    void reply_thatNobodyAskedFor_isViolation() {
        for (byte tag : new byte[] {
            BackendTag.PARSE_COMPLETE,
            BackendTag.BIND_COMPLETE,
            BackendTag.CLOSE_COMPLETE,
            BackendTag.ROW_DESCRIPTION,
            BackendTag.DATA_ROW,
            BackendTag.COMMAND_COMPLETE,
            BackendTag.COPY_IN_RESPONSE,
            BackendTag.ERROR_RESPONSE,
            BackendTag.READY_FOR_QUERY
        }) {
            assertThrows(ProtocolViolation.class, () -> ledger.reply(tag, sink), () -> BackendTag.nameOf(tag));
        }
    }

    @Test
    void reply_toAnotherRequest_isViolation() {
        pushForwarded(Reply.BIND, Reply.SYNC);

        assertThrows(ProtocolViolation.class, () -> ledger.reply(BackendTag.PARSE_COMPLETE, sink));
        assertThrows(ProtocolViolation.class, () -> ledger.reply(BackendTag.READY_FOR_QUERY, sink));
    }

    @Test
    void reply_asynchronousWithNothingOwed_isForwarded() {
        assertForwarded(BackendTag.NOTICE_RESPONSE, BackendTag.PARAMETER_STATUS, BackendTag.NOTIFICATION_RESPONSE);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void reply_toSwallowedQuery_reachesNobodyAndTellsItsEnd() {
        ledger.push(Reply.QUERY, Fate.SWALLOW, "state");

        for (byte tag : new byte[] {BackendTag.NOTICE_RESPONSE, BackendTag.DATA_ROW, BackendTag.COMMAND_COMPLETE}) {
            assertEquals(Fate.SWALLOW, ledger.reply(tag, sink));
        }
        assertEquals(List.of(), sink.told);
        assertEquals(Fate.SWALLOW, ledger.reply(BackendTag.READY_FOR_QUERY, sink));
        assertEquals(List.of("swallowed QUERY state"), sink.told);
    }

    @Test
    void reply_errorToSwallowedQuery_tellsThatItFailed() {
        ledger.push(Reply.QUERY, Fate.SWALLOW, "state");

        assertEquals(Fate.SWALLOW, ledger.reply(BackendTag.ERROR_RESPONSE, sink));
        assertEquals(Fate.SWALLOW, ledger.reply(BackendTag.READY_FOR_QUERY, sink));
        assertEquals(List.of("swallowed QUERY state failed"), sink.told);
    }

    @Test
    void reply_errorToProxysOwnParse_isTheClientsAnswer() {
        ledger.push(Reply.PARSE, Fate.SWALLOW, "ours");
        pushForwarded(Reply.BIND, Reply.SYNC);

        assertForwarded(BackendTag.ERROR_RESPONSE, BackendTag.READY_FOR_QUERY);
        assertEquals(List.of("undone PARSE ours"), sink.told);
    }

    @Test
    void reply_error_undoesNewestFirstUpToSync() {
        ledger.push(Reply.PARSE, Fate.FORWARD, "a");
        ledger.push(Reply.CLOSE, Fate.SWALLOW, "b");
        ledger.push(Reply.CLOSE, Fate.SYNTHESIZE, "c");
        ledger.push(Reply.SYNC, Fate.FORWARD);
        ledger.push(Reply.PARSE, Fate.FORWARD, "d");

        assertForwarded(BackendTag.ERROR_RESPONSE);

        assertEquals(List.of("undone CLOSE c", "undone CLOSE b", "undone PARSE a"), sink.told);
        assertEquals(List.of(), sink.seen);
        assertForwarded(BackendTag.READY_FOR_QUERY, BackendTag.PARSE_COMPLETE);
        assertEquals("succeeded PARSE d", sink.told.get(3));
    }

    @Test
    void push_whileSkipping_isIgnoredUntilSync() {
        ledger.push(Reply.PARSE, Fate.FORWARD);
        assertForwarded(BackendTag.ERROR_RESPONSE);

        assertTrue(ledger.skipping());
        assertFalse(ledger.isEmpty());
        assertFalse(ledger.push(Reply.BIND, Fate.FORWARD));
        assertFalse(ledger.push(Reply.QUERY, Fate.FORWARD));
        assertTrue(ledger.push(Reply.SYNC, Fate.FORWARD));
        assertForwarded(BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void reply_errorToSync_stillBringsReadyForQuery() {
        pushForwarded(Reply.SYNC, Reply.QUERY);

        assertForwarded(BackendTag.ERROR_RESPONSE, BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.oldestIs(Reply.QUERY));
    }

    @Test
    void synthesize_betweenReplies_comesInTheOrderOfRequests() {
        ledger.push(Reply.PARSE, Fate.SYNTHESIZE, "a");
        ledger.push(Reply.BIND, Fate.FORWARD);
        ledger.push(Reply.CLOSE, Fate.SYNTHESIZE, "b");
        ledger.push(Reply.SYNC, Fate.FORWARD);

        ledger.synthesizeDue(sink);
        assertEquals(List.of("PARSE synthesized"), sink.seen);
        assertForwarded(BackendTag.BIND_COMPLETE);
        assertEquals(1, sink.seen.size());
        assertForwarded(BackendTag.READY_FOR_QUERY);
        assertEquals(List.of("PARSE synthesized", "CLOSE synthesized"), sink.seen);
        assertEquals(List.of("succeeded PARSE a", "succeeded CLOSE b"), sink.told);
    }

    @Test
    void copyIn_inExtendedProtocol_eatsSyncsUntilItsEnd() {
        pushForwarded(Reply.EXECUTE, Reply.SYNC);
        assertForwarded(BackendTag.COPY_IN_RESPONSE);
        pushForwarded(Reply.SYNC, Reply.COPY_END, Reply.SYNC);

        assertForwarded(BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copyIn_whenAllWasSentBefore_eatsSyncsUntilItsEnd() {
        pushForwarded(Reply.EXECUTE, Reply.SYNC, Reply.COPY_END, Reply.SYNC);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copyIn_brokenOffByAnotherRequest_leavesTheSyncBehindIt() {
        pushForwarded(Reply.EXECUTE, Reply.BIND, Reply.SYNC);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.ERROR_RESPONSE, BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copyEnd_beforeSynthesized_doesNotHoldItUp() {
        pushForwarded(Reply.EXECUTE, Reply.COPY_END);
        ledger.push(Reply.CLOSE, Fate.SYNTHESIZE);
        ledger.push(Reply.SYNC, Fate.FORWARD);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY);
        assertEquals(List.of("CLOSE synthesized"), sink.seen);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copyEnd_withoutCopy_owesNothing() {
        pushForwarded(Reply.SYNC, Reply.COPY_END);

        assertForwarded(BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copyIn_ofAQuery_eatsSyncsUntilItsEnd() {
        pushForwarded(Reply.QUERY, Reply.SYNC);
        assertForwarded(BackendTag.COPY_IN_RESPONSE);
        pushForwarded(Reply.SYNC, Reply.COPY_END, Reply.SYNC);

        assertForwarded(BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY, BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copiesIn_ofOneQuery_eatSyncsUntilTheirEnds() {
        pushForwarded(Reply.QUERY, Reply.SYNC, Reply.COPY_END);
        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.COMMAND_COMPLETE, BackendTag.COPY_IN_RESPONSE);
        pushForwarded(Reply.SYNC, Reply.COPY_END);

        assertForwarded(BackendTag.COMMAND_COMPLETE, BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void copyIn_ofAQueryThatFails_leavesTheNextQuery() {
        pushForwarded(Reply.QUERY, Reply.COPY_END, Reply.QUERY);

        assertForwarded(BackendTag.COPY_IN_RESPONSE, BackendTag.ERROR_RESPONSE, BackendTag.READY_FOR_QUERY);
        assertFalse(ledger.isEmpty());
        assertForwarded(BackendTag.READY_FOR_QUERY);
        assertTrue(ledger.isEmpty());
    }

    @Test
    void awaitsReplies_whileTheServerReadsACopy_isFalse() {
        pushForwarded(Reply.EXECUTE);
        assertTrue(ledger.awaitsReplies());

        assertForwarded(BackendTag.COPY_IN_RESPONSE);

        assertFalse(ledger.awaitsReplies());
    }

    @Test
    void synthesisDue_withASynthesizedReplyFirst_isTrue() {
        ledger.push(Reply.PARSE, Fate.SYNTHESIZE);
        assertTrue(ledger.synthesisDue());
        ledger.synthesizeDue(sink);

        assertTrue(ledger.isEmpty());
    }

    @Test
    void swallowAll_afterClientHasGone_keepsCountingReplies() {
        pushForwarded(Reply.QUERY, Reply.SYNC);
        ledger.swallowAll();

        assertEquals(Fate.SWALLOW, ledger.reply(BackendTag.DATA_ROW, sink));
        assertEquals(Fate.SWALLOW, ledger.reply(BackendTag.READY_FOR_QUERY, sink));
        assertEquals(Fate.SWALLOW, ledger.reply(BackendTag.READY_FOR_QUERY, sink));
        assertTrue(ledger.isEmpty());
    }

    @Test
    void push_beyondTheLimit_isViolation() {
        for (int i = 0; i < ResponseLedger.MAX_IN_FLIGHT; i++) {
            ledger.push(Reply.SYNC, Fate.FORWARD);
        }

        assertThrows(ProtocolViolation.class, () -> ledger.push(Reply.SYNC, Fate.FORWARD));
        assertEquals(ResponseLedger.MAX_IN_FLIGHT, ledger.size());
    }

    private void pushForwarded(Reply... replies) {
        for (Reply reply : replies) {
            assertTrue(ledger.push(reply, Fate.FORWARD), reply.name());
        }
    }

    private void assertForwarded(byte... tags) {
        for (byte tag : tags) {
            assertEquals(Fate.FORWARD, ledger.reply(tag, sink), () -> BackendTag.nameOf(tag));
        }
    }
}
