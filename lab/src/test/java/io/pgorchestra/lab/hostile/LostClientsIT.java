package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.BackendKeyData;
import io.pgorchestra.protocol.message.BackendMessage.CopyInResponse;
import io.pgorchestra.protocol.message.BackendMessage.CopyOutResponse;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.CopyData;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that vanish at the worst moment, cancels that come late, servers that are killed: nobody else may notice. */
@Timeout(90)
class LostClientsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String TRANSACTION = "transaction";
    private static final String SESSION = "session";

    /** What the next client finds: no transaction, no row, the default time zone, no statement of another, no cursor. */
    private static final String CLEAN = "t|0|UTC|0|0";

    private static final String LOOK = """
            SELECT pg_current_xact_id_if_assigned() IS NULL, (SELECT count(*) FROM lost), current_setting('TimeZone'),
            (SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'orchestra%'), (SELECT count(*) FROM pg_cursors)
            """;

    /** What a client was doing when it vanished. */
    private interface Moment {
        void reach(WireClient client) throws IOException;
    }

    private static int nodePort;

    @BeforeAll
    static void startNode() throws IOException {
        nodePort = PostgresUnderTest.newest().node().port();
        try (WireClient direct = WireClient.login(nodePort)) {
            direct.query("CREATE TABLE IF NOT EXISTS lost (n int)");
            direct.query("ALTER DATABASE postgres SET TimeZone = 'UTC'");
        }
    }

    @AfterAll
    static void dropTable() throws IOException {
        try (WireClient direct = WireClient.login(nodePort)) {
            direct.query("DROP TABLE lost");
            direct.query("ALTER DATABASE postgres RESET TimeZone");
        }
    }

    @BeforeEach
    void emptyTable() throws IOException {
        try (WireClient direct = WireClient.login(nodePort)) {
            direct.query("TRUNCATE lost");
        }
    }

    private static ProxyUnderTest proxy(String mode) {
        return ProxyUnderTest.start(nodePort, "pool_mode: " + mode, "default_pool_size: 1", "query_wait_timeout: 20s");
    }

    static Stream<Arguments> momentsOfDeath() {
        return Stream.of(
                        moment("between queries, after SET", client -> client.query("SET TimeZone = 'Asia/Tokyo'")),
                        moment("in a transaction", client -> client.query("BEGIN; INSERT INTO lost VALUES (1)")),
                        moment("in a failed transaction", client -> client.query("BEGIN; SELECT 1/0")),
                        moment("in a transaction, after SET", client -> {
                            client.query("BEGIN");
                            client.query("SET TimeZone = 'Asia/Tokyo'");
                        }),
                        moment("in a transaction with a cursor", client -> {
                            client.query("BEGIN");
                            client.query("DECLARE ours CURSOR FOR SELECT 1");
                        }),
                        moment("in a query", client -> {
                            client.send(new Query("SELECT pg_sleep(60)"));
                            awaitRunning("pg_sleep");
                        }),
                        moment("in a query within a transaction", client -> {
                            client.query("BEGIN; INSERT INTO lost VALUES (1)");
                            client.send(new Query("SELECT pg_sleep(60)"));
                            awaitRunning("pg_sleep");
                        }),
                        moment("with a commit asked for in a pipeline behind a sleep", client -> {
                            client.query("BEGIN");
                            client.send(new Query("INSERT INTO lost SELECT 1 FROM pg_sleep(60)"), new Query("COMMIT"));
                            awaitRunning("pg_sleep");
                        }),
                        moment("in a result", client -> {
                            client.send(new Query("SELECT repeat('x', 1000) FROM generate_series(1, 100000)"));
                            client.receiveUntil(DataRow.class);
                        }),
                        moment("in COPY in", client -> {
                            client.send(new Query("COPY lost FROM STDIN"));
                            client.receiveUntil(CopyInResponse.class);
                            client.send(copyData("1\n2\n3\n"));
                        }),
                        moment("in COPY in, within a message", client -> {
                            client.send(new Query("COPY lost FROM STDIN"));
                            client.receiveUntil(CopyInResponse.class);
                            client.sendBytes(half(WireClient.bytes(copyData("1\n".repeat(1000)))));
                        }),
                        moment("in COPY in of the extended protocol", client -> {
                            client.send(
                                    new Parse("", "COPY lost FROM STDIN", List.of()),
                                    bind("", ""),
                                    new Execute("", 0),
                                    new Sync());
                            client.receiveUntil(CopyInResponse.class);
                            client.send(copyData("1\n2\n3\n"));
                        }),
                        moment("in COPY out", client -> {
                            client.send(new Query(
                                    "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT"));
                            client.receiveUntil(CopyOutResponse.class);
                        }),
                        moment(
                                "in a Query message",
                                client -> client.sendBytes(half(WireClient.bytes(
                                        new Query("INSERT INTO lost SELECT 1 /* " + "long ".repeat(1000) + "*/"))))))
                .flatMap(scenario -> Stream.of(TRANSACTION, SESSION)
                        .map(mode -> Arguments.of(mode, scenario.get()[0], scenario.get()[1])));
    }

    private static Arguments moment(String name, Moment moment) {
        return Arguments.of(name, moment);
    }

    @ParameterizedTest(name = "{0} mode, {1}")
    @MethodSource("momentsOfDeath")
    void server_afterItsClientVanished_isCleanForTheNext(String mode, String name, Moment moment) throws IOException {
        try (ProxyUnderTest proxy = proxy(mode);
                WireClient lost = WireClient.login(proxy.port())) {
            moment.reach(lost);

            lost.hangUp();

            try (WireClient next = WireClient.login(proxy.port())) {
                List<BackendMessage> answer = next.query(LOOK);
                assertEquals(CLEAN, WireClient.firstRow(answer));
                assertEquals(new ReadyForQuery(TransactionStatus.IDLE), answer.get(answer.size() - 1));
            }
        }
        awaitNobodyBusy();
    }

    private static CopyData copyData(String rows) {
        return new CopyData(rows.getBytes(StandardCharsets.UTF_8));
    }

    private static Bind bind(String portal, String statement, String... parameters) {
        return new Bind(
                portal,
                statement,
                List.of(),
                Stream.of(parameters)
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                List.of());
    }

    private static byte[] half(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    /** Waits until no server is in a transaction or runs something. */
    private static void awaitNobodyBusy() throws IOException {
        try (WireClient direct = WireClient.login(nodePort)) {
            String busy = "SELECT count(*), string_agg(state || ': ' || query, '; ') FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'";
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            String seen = direct.row(busy);
            while (!seen.startsWith("0|")) {
                assertTrue(System.nanoTime() < deadlineNanos, "still busy: " + seen);
                LockSupport.parkNanos(20_000_000);
                seen = direct.row(busy);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void bind_toStatementOfAVanishedClient_isUnknown(String mode) throws IOException {
        try (ProxyUnderTest proxy = proxy(mode)) {
            try (WireClient lost = WireClient.login(proxy.port())) {
                lost.send(
                        new Parse("", "SELECT 'unnamed of another'", List.of()),
                        new Parse("theirs", "SELECT 'named of another'", List.of()),
                        new Sync());
                lost.receiveUntil(ReadyForQuery.class);
            }

            try (WireClient next = WireClient.login(proxy.port())) {
                for (String name : List.of("", "theirs", "orchestra_1", "orchestra_0")) {
                    next.send(bind("", name), new Execute("", 0), new Sync());
                    assertEquals(
                            List.of("26000"),
                            WireClient.errors(next.receiveUntil(ReadyForQuery.class)),
                            "statement \"" + name + "\"");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void cancel_ofARunningQuery_cancelsItAndKeepsTheClient(String mode) throws IOException {
        try (ProxyUnderTest proxy = proxy(mode);
                WireClient client = WireClient.login(proxy.port())) {
            client.send(new Query("SELECT pg_sleep(60)"));
            awaitRunning("pg_sleep");

            WireClient.cancel(proxy.port(), client.key());

            assertEquals(List.of("57014"), WireClient.errors(client.receiveUntil(ReadyForQuery.class)));
            assertEquals("1", client.row("SELECT 1"));
        }
    }

    private static void awaitRunning(String text) throws IOException {
        try (WireClient direct = WireClient.login(nodePort)) {
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (direct.row("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                            + " AND query LIKE '%" + text + "%'")
                    .equals("0")) {
                assertTrue(System.nanoTime() < deadlineNanos, "never ran: " + text);
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    @Test
    void cancel_ofAClientAtRest_leavesTheServersNextClientAlone() throws IOException {
        try (ProxyUnderTest proxy = proxy(TRANSACTION);
                WireClient idle = WireClient.login(proxy.port());
                WireClient busy = WireClient.login(proxy.port())) {
            assertEquals("1", idle.row("SELECT 1"));
            busy.send(new Query("SELECT 'undisturbed' FROM pg_sleep(0.5)"));
            awaitRunning("undisturbed");

            for (int i = 0; i < 20; i++) {
                WireClient.cancel(proxy.port(), idle.key());
            }

            assertEquals("undisturbed", WireClient.firstRow(busy.receiveUntil(ReadyForQuery.class)));
        }
    }

    @Test
    void cancel_withAWrongKey_doesNothing() throws IOException {
        try (ProxyUnderTest proxy = proxy(TRANSACTION);
                WireClient client = WireClient.login(proxy.port())) {
            client.send(new Query("SELECT 'undisturbed' FROM pg_sleep(0.5)"));
            awaitRunning("undisturbed");
            byte[] wrong = client.key().secretKey().clone();
            wrong[0] ^= 1;

            WireClient.cancel(proxy.port(), new BackendKeyData(client.key().processId(), wrong));

            assertEquals("undisturbed", WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));
        }
    }

    @Test
    void cancels_ofOneClientInAStorm_neverHitAnother() throws Exception {
        try (ProxyUnderTest proxy = proxy(TRANSACTION);
                WireClient cancelled = WireClient.login(proxy.port());
                WireClient other = WireClient.login(proxy.port())) {
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Integer> storm =
                    CompletableFuture.supplyAsync(() -> cancelUntil(over, proxy, cancelled.key()));
            CompletableFuture<Integer> target = CompletableFuture.supplyAsync(() -> queryUntil(over, cancelled));
            try {
                for (int i = 0; i < 2_000; i++) {
                    assertEquals(String.valueOf(i), other.row("SELECT " + i));
                }
            } finally {
                over.set(true);
            }
            assertTrue(storm.get() > 0);
            assertTrue(target.get() > 0, "no cancel ever hit its own query");
        }
    }

    private static int cancelUntil(AtomicBoolean over, ProxyUnderTest proxy, BackendKeyData key) {
        int sent = 0;
        try {
            while (!over.get()) {
                WireClient.cancel(proxy.port(), key);
                sent++;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return sent;
    }

    /** Returns how many of its queries were cancelled. */
    private static int queryUntil(AtomicBoolean over, WireClient client) {
        int hit = 0;
        try {
            while (!over.get()) {
                List<String> errors = WireClient.errors(client.query("SELECT pg_sleep(0.001)"));
                if (!errors.isEmpty()) {
                    assertEquals(List.of("57014"), errors);
                    hit++;
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return hit;
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void terminatedServer_inATransaction_saysItsOwnFatalToItsClient(String mode) throws IOException {
        try (ProxyUnderTest proxy = proxy(mode);
                WireClient client = WireClient.login(proxy.port())) {
            client.query("BEGIN");
            String pid = client.row("SELECT pg_backend_pid()");

            terminate(pid);

            assertFatal(client.receiveToEnd());
            try (WireClient next = WireClient.login(proxy.port())) {
                assertEquals("1", next.row("SELECT 1"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void terminatedServer_inAQuery_saysItsOwnFatalToItsClient(String mode) throws IOException {
        try (ProxyUnderTest proxy = proxy(mode);
                WireClient client = WireClient.login(proxy.port())) {
            String pid = client.row("SELECT pg_backend_pid()");
            client.send(new Query("SELECT pg_sleep(60)"));
            awaitRunning("pg_sleep");

            terminate(pid);

            assertFatal(client.receiveToEnd());
        }
    }

    /** Returns when the process is gone. */
    private static void terminate(String pid) throws IOException {
        try (WireClient direct = WireClient.login(nodePort)) {
            assertEquals("t", direct.row("SELECT pg_terminate_backend(" + pid + ")"));
        }
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (ProcessHandle.of(Long.parseLong(pid)).isPresent()) {
            assertTrue(System.nanoTime() < deadlineNanos, "still alive: " + pid);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void assertFatal(List<BackendMessage> last) {
        List<ErrorResponse> errors = last.stream()
                .filter(ErrorResponse.class::isInstance)
                .map(ErrorResponse.class::cast)
                .toList();
        assertEquals(1, errors.size(), "errors in " + last);
        assertEquals("FATAL", errors.get(0).fields().severity());
        assertEquals("57P01", errors.get(0).fields().sqlState());
        assertEquals(
                "terminating connection due to administrator command",
                errors.get(0).fields().message());
        assertEquals("postgres.c", errors.get(0).fields().get('F'), "the server's own words");
    }
}
