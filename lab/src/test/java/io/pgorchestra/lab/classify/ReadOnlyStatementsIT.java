package io.pgorchestra.lab.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.proxy.catalog.FunctionCatalog;
import io.pgorchestra.proxy.classify.Classification;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The classifier against real servers: with the catalog of the primary it judges the corpus as written there; what it calls read-only runs on
 * a standby, and changes nothing on the primary, neither the database nor the session.
 */
@Timeout(240)
class ReadOnlyStatementsIT {

    /** The corpus has more; some need parameters or a newer release. */
    private static final int LEAST_READS = 190;

    /** Of those called writes, the standby refuses at least so many as such: the check could find one. */
    private static final int LEAST_REFUSED = 80;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String READ_ONLY_TRANSACTION = "25006";

    @ParameterizedTest
    @MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
    void corpus_againstRealServers_isJudgedAsWrittenAndReadsOnly(PostgresUnderTest postgres) throws SQLException {
        try (CorpusCluster cluster = new CorpusCluster(postgres)) {
            assertEquals(List.of(), misjudged(cluster));

            List<CorpusStatement> reads = runnable(cluster, cluster::isRead);
            assertTrue(reads.size() >= LEAST_READS, reads.size() + " reads");
            assertEquals(List.of(), errors(cluster.standby(), reads));
            assertEquals(List.of(), traces(cluster.primary(), reads));

            List<CorpusStatement> others = runnable(cluster, statement -> !cluster.isRead(statement));
            long refused = errors(cluster.standby(), others).stream()
                    .filter(error -> error.startsWith(READ_ONLY_TRANSACTION))
                    .count();
            assertTrue(refused >= LEAST_REFUSED, refused + " of " + others.size() + " refused by the standby");
        }
    }

    /** What a mark is for: it moves with whatever a new load would say otherwise, and rests else. */
    @Test
    void mark_ofCatalog_changesWithFunctionsViewsAndPolicies() throws SQLException {
        try (Connection connection = PostgresUnderTest.newest().node().connect();
                Statement statement = connection.createStatement()) {
            String last = FunctionCatalog.mark(connection);
            for (String sql : List.of(
                    "CREATE FUNCTION marked(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
                    "ALTER FUNCTION marked(int) VOLATILE",
                    "CREATE VIEW marked_view AS SELECT marked(1)",
                    "CREATE OR REPLACE VIEW marked_view AS SELECT marked(2)",
                    "CREATE UNLOGGED TABLE marked_table (n int)",
                    "CREATE POLICY marked_policy ON marked_table USING (marked(n) > 0)",
                    "DROP TABLE marked_table",
                    "DROP VIEW marked_view",
                    "DROP FUNCTION marked(int)")) {
                statement.execute(sql);
                String next = FunctionCatalog.mark(connection);
                assertNotEquals(last, next, sql);
                last = next;
            }
            statement.execute("CREATE TABLE unmarked (n int); INSERT INTO unmarked VALUES (1); DROP TABLE unmarked");
            assertEquals(last, FunctionCatalog.mark(connection));
        }
    }

    private static List<String> misjudged(CorpusCluster cluster) {
        List<String> misjudged = new ArrayList<>();
        for (CorpusStatement statement : CorpusStatement.all()) {
            Classification found = cluster.classify(statement);
            if (!statement.verdict().equals(found.kind() + " " + found.reason())) {
                misjudged.add(found + ": " + statement.sql());
            }
        }
        return misjudged;
    }

    private static List<CorpusStatement> runnable(CorpusCluster cluster, Predicate<CorpusStatement> which) {
        return CorpusStatement.all().stream()
                .filter(statement -> statement.mayRun() && statement.since() <= cluster.majorVersion())
                .filter(which)
                .toList();
    }

    private static List<String> errors(LabNode node, List<CorpusStatement> statements) throws SQLException {
        List<String> errors = new ArrayList<>();
        try (Runner plain = new Runner(node, true, PATIENCE);
                Runner withEscapes = new Runner(node, false, PATIENCE)) {
            for (CorpusStatement statement : statements) {
                String error = (statement.standardConformingStrings() ? plain : withEscapes).run(statement.sql());
                if (!error.isEmpty()) {
                    errors.add(error + ": " + statement.sql());
                }
            }
        }
        return errors;
    }

    /** What the statements have changed, one after the other. */
    private static List<String> traces(LabNode primary, List<CorpusStatement> statements) throws SQLException {
        List<String> traces = new ArrayList<>();
        try (Runner plain = new Runner(primary, true, PATIENCE);
                Runner withEscapes = new Runner(primary, false, PATIENCE)) {
            Contents before = Contents.of(plain);
            for (CorpusStatement statement : statements) {
                (statement.standardConformingStrings() ? plain : withEscapes).run(statement.sql());
                Contents after = Contents.of(plain);
                if (!before.equals(after)) {
                    traces.add(before.difference(after) + ": " + statement.sql());
                    before = after;
                }
            }
        }
        return traces;
    }
}
