package io.pgorchestra.proxy.statement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.pgorchestra.proxy.statement.PreparedStatements.Evicted;
import io.pgorchestra.proxy.statement.PreparedStatements.Presence;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreparedStatementsTest {

    private final PreparedStatements prepared = new PreparedStatements();
    private final SharedStatement first = statement(1);
    private final SharedStatement second = statement(2);

    private static SharedStatement statement(long id) {
        return new SharedStatement(id, new byte[] {(byte) id, 0, 0, 0}, "");
    }

    private Presence presence(SharedStatement statement, long series) {
        return prepared.use(statement, series);
    }

    @Test
    void parseUnderWay_isReliedOnInItsSeriesOnly() {
        StatementChange parse = prepared.parsing(first, 1);

        assertEquals(Presence.PRESENT, presence(first, 1));
        assertEquals(Presence.IN_DOUBT, presence(first, 2));

        parse.done();
        assertEquals(Presence.PRESENT, presence(first, 2));
    }

    @Test
    void failedParse_leavesNothing() {
        prepared.parsing(first, 1).undo();
        prepared.settled();

        assertEquals(Presence.ABSENT, presence(first, 2));
        assertEquals(0, prepared.size());
    }

    @Test
    void firstParseFails_secondOfALaterSeriesSucceeds_isThere() {
        StatementChange failing = prepared.parsing(first, 1);
        StatementChange close = prepared.closing(first);
        StatementChange again = prepared.parsing(first, 2);
        failing.undo();
        close.done();
        again.done();

        assertEquals(Presence.PRESENT, presence(first, 3));
    }

    @Test
    void firstParseSucceeds_laterSeriesIsSkipped_isStillThere() {
        StatementChange parse = prepared.parsing(first, 1);
        StatementChange close = prepared.closing(first);
        StatementChange again = prepared.parsing(first, 2);
        parse.done();
        again.undo();
        close.undo();

        assertEquals(Presence.PRESENT, presence(first, 3));
    }

    @Test
    void allDroppedBeforeAParseUnderWay_isThereAfterIt() {
        StatementChange parse = prepared.parsing(first, 1);
        prepared.clear();
        parse.done();

        assertEquals(Presence.PRESENT, presence(first, 2));
    }

    @Test
    void evicted_isGoneOnceClosed_andThereIfTheCloseIsSkipped() {
        prepared.parsing(first, 1).done();
        prepared.parsing(second, 1).done();
        Evicted evicted = evictOver(1);
        assertEquals(first, evicted.statement());
        assertEquals(Presence.IN_DOUBT, presence(first, 1));
        evicted.closing().undo();

        assertEquals(Presence.PRESENT, presence(first, 1));

        assertEquals(second, evictOver(1).statement());
        assertNull(prepared.evictOver(1));
        prepared.settled();
        assertEquals(Presence.ABSENT, presence(second, 2));
    }

    /** What was known of it was noted twice, and the answers to one request where nobody looked. */
    @Test
    void evictedInASkippedSeries_parsedAnewInAnother_isThere() {
        prepared.parsing(first, 1).done();
        prepared.parsing(second, 1).done();
        StatementChange skipped = evictOver(1).closing();
        StatementChange close = prepared.closing(first);
        StatementChange parse = prepared.parsing(first, 2);
        skipped.undo();
        parse.undo();
        close.undo();
        prepared.settled();

        assertEquals(Presence.PRESENT, presence(first, 3));
    }

    private Evicted evictOver(int max) {
        Evicted evicted = prepared.evictOver(max);
        assertNotNull(evicted);
        return evicted;
    }

    @Test
    void parameterChangedBehindIt_mustBeReadAgain() {
        prepared.parsing(second, 1).done();
        prepared.settled();
        StatementChange parse = prepared.parsing(first, 2);

        assertEquals(Set.of(first), prepared.readDifferently());
        parse.done();
        assertEquals(Presence.IN_DOUBT, presence(first, 2));
        assertEquals(Presence.PRESENT, presence(second, 2));

        StatementChange close = prepared.closing(first);
        StatementChange again = prepared.parsing(first, 2);
        assertEquals(Presence.PRESENT, presence(first, 2));
        again.undo();
        close.undo();
        assertEquals(Presence.IN_DOUBT, presence(first, 3));
    }
}
