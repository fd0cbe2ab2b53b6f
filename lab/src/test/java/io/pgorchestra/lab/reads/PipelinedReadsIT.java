package io.pgorchestra.lab.reads;

import static io.pgorchestra.lab.reads.ReadsUnderTest.PLACE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests sent without waiting for replies: reads that may go to a standby, writes, transactions of both kinds and errors in any order, by
 * both protocols, cut anywhere. Each answer must be the one that a single Postgres would have given, in order.
 */
@Timeout(120)
class PipelinedReadsIT {

    private static final int PIPELINES = 80;
    private static final int MAX_REQUESTS = 12;
    private static final String SEED = "seed";

    @AutoClose
    private static ReadsUnderTest reads;

    @BeforeAll
    static void start() throws SQLException {
        reads = ReadsUnderTest.start();
    }

    static List<Long> seeds() {
        return Long.getLong(SEED) == null ? List.of(1L, 2L, System.nanoTime()) : List.of(Long.getLong(SEED));
    }

    @ParameterizedTest(name = "-Dseed={0}")
    @MethodSource("seeds")
    void pipeline_isAnsweredAsByOneServer(long seed) throws IOException, SQLException {
        System.out.println("PipelinedReadsIT seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        reads.cluster().node("pg1").ask("TRUNCATE t");
        reads.awaitReads();
        long before =
                reads.counted("routed_to_standby", "select") + reads.counted("routed_to_standby", "begin_read_only");
        try (WireClient client = WireClient.login(reads.port())) {
            Model model = new Model(random);
            for (int i = 0; i < PIPELINES; i++) {
                client.maxWriteBytes(random.nextInt(4) == 0 ? random.nextInt(1, 40) : Integer.MAX_VALUE);
                List<Unit> units = model.pipeline(random.nextInt(1, MAX_REQUESTS));
                client.send(
                        units.stream().flatMap(unit -> unit.messages.stream()).toArray(FrontendMessage[]::new));
                for (Unit unit : units) {
                    assertEquals(
                            unit.expected,
                            said(client.receiveUntil(ReadyForQuery.class)),
                            () -> "seed " + seed + ", " + unit.text + " of " + units);
                }
                if (random.nextInt(4) == 0) {
                    reads.awaitReads();
                }
            }
        }
        long routed = reads.counted("routed_to_standby", "select")
                + reads.counted("routed_to_standby", "begin_read_only")
                - before;
        assertTrue(routed > PIPELINES / 4, routed + " reads on standbys");
    }

    static List<List<FrontendMessage>> endsWithWritesBehind() {
        String write = "INSERT INTO t VALUES (1, 'x')";
        List<FrontendMessage> series = new ArrayList<>(parsed("COMMIT"));
        series.addAll(parsed(write));
        series.add(new Sync());
        return List.of(
                List.of(new Query("COMMIT"), new Query(write)), List.of(new Query("ROLLBACK; " + write)), series);
    }

    /** The judgement of the transaction's beginning once held for all that was sent before the server was let go. */
    @ParameterizedTest
    @MethodSource("endsWithWritesBehind")
    void writeBehindTheEndOfAReadOnlyTransaction_isSeenByItsSession(List<FrontendMessage> endAndWrite)
            throws IOException, SQLException {
        reads.cluster().node("pg1").ask("TRUNCATE t");
        reads.awaitReads();
        try (WireClient client = WireClient.login(reads.port())) {
            client.query("SET orchestra.consistency = 'primary'");
            client.query("BEGIN READ ONLY");
            reads.withReplayPaused(() -> {
                client.send(endAndWrite.toArray(FrontendMessage[]::new));
                long ends = endAndWrite.stream()
                        .filter(message -> message instanceof Query || message instanceof Sync)
                        .count();
                for (int i = 0; i < ends; i++) {
                    assertEquals(List.of(), said(client.receiveUntil(ReadyForQuery.class)));
                }
                client.query("SET orchestra.consistency = 'session'");

                assertEquals(List.of("1"), said(client.query("SELECT count(*) FROM t")));
            });
        }
    }

    /** A driver that sends BEGIN and the first read together, on the primary, stayed there: its reads counted as writes. */
    @Test
    void readOnlyTransactionInAPipeline_countsAsNoWrite() throws IOException, SQLException {
        reads.awaitReads();
        try (WireClient client = WireClient.login(reads.port())) {
            client.query("SET orchestra.consistency = 'primary'");
            reads.withReplayPaused(() -> {
                // What others write is no reason either.
                reads.cluster().node("pg1").ask("TRUNCATE t");
                client.send(new Query("BEGIN READ ONLY"), new Query("SELECT " + PLACE), new Query("COMMIT"));
                assertEquals(List.of(), said(client.receiveUntil(ReadyForQuery.class)));
                assertEquals(List.of("primary"), said(client.receiveUntil(ReadyForQuery.class)));
                assertEquals(List.of(), said(client.receiveUntil(ReadyForQuery.class)));
                client.query("SET orchestra.consistency = 'session'");

                assertEquals(List.of("standby"), said(client.query("SELECT " + PLACE)));
            });
        }
    }

    private static List<FrontendMessage> parsed(String sql) {
        return List.of(
                new Parse("", sql, List.of()), new Bind("", "", List.of(), List.of(), List.of()), new Execute("", 0));
    }

    /** Rows as texts, and SQLSTATEs. */
    private static List<String> said(List<BackendMessage> messages) {
        List<String> said = new ArrayList<>();
        for (BackendMessage message : messages) {
            if (message instanceof DataRow row) {
                said.add(new String(row.columns().get(0), StandardCharsets.UTF_8));
            } else if (message instanceof ErrorResponse error) {
                said.add(error.fields().sqlState());
            }
        }
        return said;
    }

    /** What is sent up to a ReadyForQuery, and what must come back. */
    private record Unit(String text, List<FrontendMessage> messages, List<String> expected) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** Knows what one server would say: how many rows there are, which only this client writes. */
    private static final class Model {
        private final SplittableRandom random;
        private int rows;
        private int names;
        private int marks;

        Model(SplittableRandom random) {
            this.random = random;
        }

        List<Unit> pipeline(int requests) {
            List<Unit> units = new ArrayList<>();
            while (units.size() < requests) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> units.add(read());
                    case 3 -> units.add(write());
                    case 4 -> units.add(unit("SELECT 1/(id - id) FROM generate_series(1, 1) AS id", List.of("22012")));
                    case 5 -> {
                        units.add(unit("BEGIN READ ONLY", List.of()));
                        units.add(read());
                        units.add(read());
                        units.add(unit(random.nextBoolean() ? "COMMIT" : "ROLLBACK", List.of()));
                    }
                    case 6 -> {
                        units.add(unit("BEGIN", List.of()));
                        units.add(read());
                        units.add(write());
                        units.add(read());
                        units.add(unit("COMMIT", List.of()));
                    }
                    default -> {
                        units.add(unit("BEGIN READ ONLY", List.of()));
                        units.add(unit("INSERT INTO t VALUES (-1, 'no')", List.of("25006")));
                        units.add(unit("SELECT " + ++marks, List.of("25P02")));
                        units.add(unit("ROLLBACK", List.of()));
                    }
                }
            }
            return units;
        }

        private Unit read() {
            String mark = "m" + ++marks;
            return unit("SELECT '" + mark + " ' || count(*) FROM t", List.of(mark + " " + rows));
        }

        private Unit write() {
            rows++;
            return unit("INSERT INTO t VALUES (" + rows + ", 'x')", List.of());
        }

        private Unit unit(String sql, List<String> expected) {
            int way = random.nextInt(3);
            if (way == 0) {
                return new Unit(sql, List.of(new Query(sql)), expected);
            }
            String name = way == 1 ? "" : "s" + ++names;
            return new Unit(
                    sql,
                    List.of(
                            new Parse(name, sql, List.of()),
                            new Bind("", name, List.of(), List.of(), List.of()),
                            new Execute("", 0),
                            new Sync()),
                    expected);
        }
    }
}
