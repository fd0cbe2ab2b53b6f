package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Close;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that prepare the same few texts under names of their own, without waiting for replies, in transactions that fail: each is told what a
 * Postgres of its own would have told it.
 */
@Timeout(120)
class PipelinedStatementsIT {

    private static final int PIPELINES = 150;
    private static final int MAX_SERIES = 8;
    private static final int CLIENTS = 3;

    /** More than the server keeps. */
    private static final int TEXTS = 6;

    private static final String SEED = "seed";

    private int nodePort;
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() {
        nodePort = PostgresUnderTest.newest().node().port();
        proxy = ProxyUnderTest.start(
                nodePort, "pool_mode: transaction", "default_pool_size: 1", "max_prepared_statements: 3");
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    static List<Long> seeds() {
        return Long.getLong(SEED) == null ? List.of(1L, 2L, System.nanoTime()) : List.of(Long.getLong(SEED));
    }

    @ParameterizedTest(name = "-Dseed={0}")
    @MethodSource("seeds")
    void parseThatFails_misleadsNoLaterSeries(long seed) throws IOException {
        System.out.println("PipelinedStatementsIT seed " + seed);
        List<Pair> pairs = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int i = 0; i < CLIENTS; i++) {
                pairs.add(new Pair(WireClient.login(proxy.port()), WireClient.login(nodePort), random.split()));
            }
            for (int i = 0; i < PIPELINES; i++) {
                Pair pair = pairs.get(random.nextInt(CLIENTS));
                pair.pipeline("seed " + seed + ", pipeline " + i + ": ");
            }
            assertTrue(pairs.stream().mapToInt(pair -> pair.failures).sum() > PIPELINES / 4, "too few errors");
        } finally {
            for (Pair pair : pairs) {
                pair.proxied.close();
                pair.direct.close();
            }
        }
    }

    /** A client of the proxy, and one without it that says the same. */
    private static final class Pair {
        private final WireClient proxied;
        private final WireClient direct;
        private final SplittableRandom random;
        private final List<String> names = new ArrayList<>();
        private int given;

        /** A transaction, and in it an error, as far as what has been chosen tells. */
        private boolean open;

        private boolean failed;
        private int failures;

        Pair(WireClient proxied, WireClient direct, SplittableRandom random) {
            this.proxied = proxied;
            this.direct = direct;
            this.random = random;
        }

        /** A transaction in the end, so that the others have their turn. */
        void pipeline(String where) throws IOException {
            List<List<FrontendMessage>> series = new ArrayList<>();
            for (int left = random.nextInt(1, MAX_SERIES); left > 0; left--) {
                series.add(next());
            }
            series.add(List.of(new Query("ROLLBACK")));
            FrontendMessage[] all = series.stream().flatMap(List::stream).toArray(FrontendMessage[]::new);
            proxied.send(all);
            direct.send(all);
            for (List<FrontendMessage> one : series) {
                List<String> expected = said(direct.receiveUntil(ReadyForQuery.class));
                assertEquals(
                        expected, said(proxied.receiveUntil(ReadyForQuery.class)), () -> where + one + " of " + series);
                failures += expected.stream().anyMatch(word -> word.startsWith("error")) ? 1 : 0;
            }
            // Names whose Parse failed are not used again: after a Parse that was skipped here and known there they
            // would differ.
            names.clear();
        }

        private List<FrontendMessage> next() {
            return switch (random.nextInt(8)) {
                case 0 -> {
                    open = true;
                    yield List.of(new Query("BEGIN"));
                }
                case 1 -> {
                    failed = open;
                    yield List.of(new Query("SELECT 1/0"));
                }
                case 2 -> {
                    if (random.nextBoolean()) {
                        yield List.of(new Query("DEALLOCATE ALL"));
                    }
                    open = false;
                    failed = false;
                    yield List.of(new Query("ROLLBACK"));
                }
                case 3 -> names.isEmpty() ? prepare() : run(names.get(random.nextInt(names.size())));
                case 4 -> {
                    List<FrontendMessage> both = new ArrayList<>(prepare());
                    both.remove(both.size() - 1);
                    List<String> before = List.copyOf(names);
                    both.addAll(prepare());
                    names.retainAll(before);
                    yield both;
                }
                case 5 -> {
                    String name = "s" + (given + 1);
                    List<FrontendMessage> closed = new ArrayList<>(prepare());
                    names.remove(name);
                    closed.add(closed.size() - 1, new Close(Subject.STATEMENT, name));
                    yield closed;
                }
                default -> prepare();
            };
        }

        private List<FrontendMessage> prepare() {
            String name = "s" + ++given;
            int text = random.nextInt(TEXTS);
            failed |= open && text == 0;
            if (!failed && text != 0) {
                // In a failed transaction the proxy takes a text that the server has, and Postgres does not.
                names.add(name);
            }
            List<FrontendMessage> series = new ArrayList<>();
            series.add(new Parse(name, text == 0 ? "SELECT nothing" : "SELECT " + text, List.of()));
            series.addAll(run(name));
            return series;
        }

        private static List<FrontendMessage> run(String name) {
            return List.of(new Bind("", name, List.of(), List.of(), List.of()), new Execute("", 0), new Sync());
        }

        /** Rows and SQLSTATEs. */
        private static List<String> said(List<BackendMessage> messages) {
            List<String> said = new ArrayList<>();
            for (BackendMessage message : messages) {
                if (message instanceof DataRow row) {
                    said.add("row " + new String(row.columns().get(0), StandardCharsets.UTF_8));
                } else if (message instanceof ErrorResponse error) {
                    said.add("error " + error.fields().sqlState());
                }
            }
            return said;
        }
    }
}
