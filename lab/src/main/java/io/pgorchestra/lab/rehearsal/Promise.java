package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.history.ConnectionCheck;
import io.pgorchestra.lab.history.ErrorClassCheck;
import io.pgorchestra.lab.history.FenceCheck;
import io.pgorchestra.lab.history.HistoryCheck;
import io.pgorchestra.lab.history.Operation;
import io.pgorchestra.lab.history.OutageCheck;
import io.pgorchestra.lab.history.SetCheck;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What must hold in a scenario, beside what its script requires. The fence always must, no connection may be lost, and whatever was
 * reported as rolled back must not be there.
 *
 * @param losesNothing whether every acknowledged write must be there in the end; if not, those that are missing are only counted
 * @param sqlStates what clients may see
 * @param writeOutage the longest time in which no write succeeds
 * @param lostConnections how many connections of clients may end
 */
record Promise(boolean losesNothing, Set<String> sqlStates, Duration writeOutage, int lostConnections) {

    /** No client notices more than a wait. */
    static Promise noError(Duration writeOutage) {
        return new Promise(true, Set.of(), writeOutage, 0);
    }

    /** Rolled back, or unknown; asynchronous replication may lose the last commits. */
    static Promise failover(Duration writeOutage) {
        return new Promise(false, Set.of("40001", "08007"), writeOutage, 0);
    }

    Promise losingNothing() {
        return new Promise(true, sqlStates, writeOutage, lostConnections);
    }

    Promise allowing(String... states) {
        return new Promise(losesNothing, Set.of(states), writeOutage, lostConnections);
    }

    Promise losingConnections(int most) {
        return new Promise(losesNothing, sqlStates, writeOutage, most);
    }

    List<HistoryCheck> checks() {
        return List.of(
                new SetCheck(losesNothing ? 0 : Integer.MAX_VALUE),
                new FenceCheck(),
                new ErrorClassCheck(sqlStates),
                new OutageCheck(Operation.Kind.WRITE, writeOutage),
                new ConnectionCheck(lostConnections));
    }
}
