package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.history.ConnectionCheck;
import io.pgorchestra.lab.history.ErrorClassCheck;
import io.pgorchestra.lab.history.FenceCheck;
import io.pgorchestra.lab.history.HistoryCheck;
import io.pgorchestra.lab.history.Operation;
import io.pgorchestra.lab.history.OutageCheck;
import io.pgorchestra.lab.history.SetCheck;
import io.pgorchestra.lab.reads.ReadCheck;
import io.pgorchestra.lab.reads.ReadHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in a scenario, beside what its script requires. The fence always must, no connection may be lost, and whatever was
 * reported as rolled back must not be there.
 *
 * @param losesNothing whether every acknowledged write must be there in the end; if not, those that are missing are only counted
 * @param sqlStates what clients may see
 * @param writeOutage the longest time in which no write succeeds
 * @param lostConnections how many connections of clients may end
 * @param reads what sessions may see that read what they write, where there are any
 */
record Promise(
        boolean losesNothing,
        Set<String> sqlStates,
        Duration writeOutage,
        int lostConnections,
        ReadCheck.Expected reads) {

    private static final ReadCheck.Expected NOTHING_READ = ReadCheck.Expected.nothingStale(0);

    /** No client notices more than a wait. */
    static Promise noError(Duration writeOutage) {
        return new Promise(true, Set.of(), writeOutage, 0, NOTHING_READ);
    }

    /** Rolled back, or unknown; asynchronous replication may lose the last commits. */
    static Promise failover(Duration writeOutage) {
        return new Promise(false, Set.of("40001", "08007"), writeOutage, 0, NOTHING_READ);
    }

    Promise losingNothing() {
        return new Promise(true, sqlStates, writeOutage, lostConnections, reads);
    }

    Promise allowing(String... states) {
        return new Promise(losesNothing, Set.of(states), writeOutage, lostConnections, reads);
    }

    Promise losingConnections(int most) {
        return new Promise(losesNothing, sqlStates, writeOutage, most, reads);
    }

    Promise reading(ReadCheck.Expected expected) {
        return new Promise(losesNothing, sqlStates, writeOutage, lostConnections, expected);
    }

    List<HistoryCheck> checks(@Nullable ReadHistory seen) {
        List<HistoryCheck> checks = new ArrayList<>(checks());
        if (seen != null) {
            checks.add(new ReadCheck(seen, reads));
        }
        return checks;
    }

    private List<HistoryCheck> checks() {
        return List.of(
                new SetCheck(losesNothing ? 0 : Integer.MAX_VALUE),
                new FenceCheck(),
                new ErrorClassCheck(sqlStates),
                new OutageCheck(Operation.Kind.WRITE, writeOutage),
                new ConnectionCheck(lostConnections));
    }
}
