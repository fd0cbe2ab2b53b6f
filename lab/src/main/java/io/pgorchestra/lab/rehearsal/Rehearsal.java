package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.history.History;
import io.pgorchestra.lab.history.HistoryResult;
import io.pgorchestra.lab.history.Operation;
import io.pgorchestra.lab.history.Outcome;
import io.pgorchestra.lab.reads.ReadHistory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What came of one scenario.
 *
 * @param findings one line for each promise that was broken; empty if all hold
 * @param errors how often clients saw each SQLSTATE
 * @param lost writes that were acknowledged and are not there in the end
 * @param unknown writes of which the client was told that nobody knows
 * @param table all verdicts, for a person
 */
record Rehearsal(
        Scenario scenario,
        List<String> findings,
        Duration took,
        Duration writeOutage,
        Duration longestHold,
        Map<String, Integer> errors,
        long lost,
        long unknown,
        String table) {

    /** Plays a scenario on a stage of its own, with clients from before the first fault until all is well again. */
    static Rehearsal of(Scenario scenario, long seed, Consumer<String> progress) {
        return of(scenario, scenario.play(), seed, progress);
    }

    private static <S extends Playhouse> Rehearsal of(
            Scenario scenario, Scenario.Play<S> play, long seed, Consumer<String> progress) {
        long began = System.nanoTime();
        List<String> findings = new ArrayList<>();
        try (S stage = play.set().set(seed, progress)) {
            stage.startWorkload();
            try {
                play.script().play(stage);
                stage.awaitWrites();
            } catch (LabException | SQLException e) {
                // What the clients saw is of interest nevertheless.
                findings.add(String.valueOf(e.getMessage()));
            }
            ReadHistory reads = stage.endReads();
            return judge(scenario, stage.endWorkload(), reads, findings, began);
        } catch (LabException | SQLException e) {
            findings.add(String.valueOf(e.getMessage()));
            return new Rehearsal(
                    scenario, findings, since(began), Duration.ZERO, Duration.ZERO, Map.of(), 0, 0, scenario + "\n");
        }
    }

    private static Rehearsal judge(
            Scenario scenario, History history, @Nullable ReadHistory reads, List<String> findings, long began) {
        HistoryResult result = HistoryResult.of(
                scenario.toString(), history, scenario.promise().checks(reads));
        result.verdicts().forEach(verdict -> findings.addAll(verdict.findings()));
        Map<String, Integer> errors = new TreeMap<>();
        for (Operation operation : history.operations()) {
            if (operation.outcome() != Outcome.OK) {
                errors.merge(operation.sqlState().isEmpty() ? "none" : operation.sqlState(), 1, Integer::sum);
            }
        }
        if (reads != null) {
            reads.errors()
                    .forEach((what, count) ->
                            errors.merge(what.substring(what.indexOf(' ') + 1), Math.toIntExact(count), Integer::sum));
        }
        return new Rehearsal(
                scenario,
                findings,
                since(began),
                history.longestOutage(Operation.Kind.WRITE),
                Duration.ofNanos(result.writes().longestWaitNanos()),
                errors,
                history.lostWrites().size(),
                result.writes().unknown(),
                result.table());
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    boolean holds() {
        return findings.isEmpty();
    }
}
