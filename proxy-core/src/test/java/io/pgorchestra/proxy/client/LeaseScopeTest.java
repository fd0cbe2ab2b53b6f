package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.proxy.statement.TransactionVerb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseScopeTest {

    private final LeaseScope scope = new LeaseScope();

    @Test
    void unitBehindOneThatOpensNothing_isOutside() {
        scope.begin(false);
        scope.unitBegins();
        assertFalse(scope.exceeded());

        scope.unitBegins();

        assertTrue(scope.exceeded());
    }

    @Test
    void unitsOfTheTransactionThatTheFirstOpens_areInside() {
        scope.begin(true);
        for (int i = 0; i < 5; i++) {
            scope.unitBegins();
            scope.running(TransactionVerb.NONE);
        }

        assertFalse(scope.exceeded());
    }

    /** It is judged as a whole. */
    @ParameterizedTest
    @EnumSource
    void firstUnit_isInside_whateverItRuns(TransactionVerb verb) {
        scope.begin(true);
        scope.unitBegins();
        scope.running(verb);
        scope.running(verb);

        assertFalse(scope.exceeded());
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMIT", "ROLLBACK"})
    void endOfTheTransaction_isInside_andTheNextUnitOutside(TransactionVerb end) {
        scope.begin(true);
        scope.unitBegins();
        scope.unitBegins();
        scope.running(end);
        assertFalse(scope.exceeded());

        scope.unitBegins();

        assertTrue(scope.exceeded());
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMIT", "ROLLBACK"})
    void statementBehindTheEnd_inOneSeries_isOutside(TransactionVerb end) {
        scope.begin(true);
        scope.unitBegins();
        scope.unitBegins();
        scope.running(end);

        scope.running(TransactionVerb.NONE);

        assertTrue(scope.exceeded());
    }

    @Test
    void severalStatementsInOneText_mayBeOutside() {
        scope.begin(true);
        scope.unitBegins();
        scope.unitBegins();

        scope.running(TransactionVerb.UNKNOWN);

        assertTrue(scope.exceeded());
    }

    @Test
    void nextLease_beginsAnew() {
        scope.begin(false);
        scope.unitBegins();
        scope.unitBegins();

        scope.begin(false);
        scope.unitBegins();

        assertFalse(scope.exceeded());
    }
}
