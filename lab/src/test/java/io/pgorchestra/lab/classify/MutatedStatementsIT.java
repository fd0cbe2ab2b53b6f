package io.pgorchestra.lab.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.proxy.classify.Classification.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statements that nobody wrote, against real servers: whatever the classifier calls read-only, no standby refuses as a write, and no server
 * finds changed by it. Most are wrong, which does no harm. Another seed: {@code -Dseed=}; more time: {@code -Dfuzz.seconds=}.
 */
@Timeout(900)
class MutatedStatementsIT {

    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 10);
    /** A mutant may join everything with everything. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final int TEXTS_PER_LOOK = 200;
    private static final int LEAST_ANSWERED = 20;

    @ParameterizedTest
    @MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
    void mutants_calledReadOnly_areRefusedByNoStandbyAndChangeNothing(PostgresUnderTest postgres) throws SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        Mutations mutations = new Mutations(CorpusStatement.all(), new Random(seed));
        List<String> wrong = new ArrayList<>();
        long tried = 0;
        long answered = 0;
        try (CorpusCluster cluster = new CorpusCluster(postgres);
                Runner standby = new Runner(cluster.standby(), true, PATIENCE);
                Runner primary = new Runner(cluster.primary(), true, PATIENCE)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            Contents before = Contents.of(primary);
            while (System.nanoTime() < end && wrong.isEmpty()) {
                List<String> reads = reads(cluster, mutations);
                tried += reads.size();
                for (String sql : reads) {
                    String error = standby.run(sql);
                    answered += error.isEmpty() ? 1 : 0;
                    if (error.startsWith("25006")) {
                        wrong.add(error + ": " + sql);
                    }
                    primary.run(sql);
                }
                Contents after = Contents.of(primary);
                if (!before.equals(after)) {
                    wrong.add(before.difference(after) + " by one of " + reads);
                }
            }
        }
        String note =
                postgres + ", -Dseed=" + seed + ": " + tried + " called read-only, " + answered + " of them answered";
        System.out.println(note);

        assertEquals(List.of(), wrong, note);
        assertTrue(answered >= LEAST_ANSWERED, note);
    }

    private static List<String> reads(CorpusCluster cluster, Mutations mutations) {
        List<String> reads = new ArrayList<>();
        for (int i = 0; i < TEXTS_PER_LOOK; i++) {
            String sql = mutations.next();
            if (sql.indexOf('\0') < 0 && cluster.classify(sql, true).kind() == Kind.READ) {
                reads.add(sql);
            }
        }
        return reads;
    }
}
