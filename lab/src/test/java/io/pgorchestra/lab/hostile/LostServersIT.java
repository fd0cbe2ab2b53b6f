package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.BackendKeyData;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cancels that come late or with a wrong key, and servers that are killed: each hits its own client, and nobody else. */
@Timeout(90)
class LostServersIT {

    private static final String TRANSACTION = "transaction";
    private static final String SESSION = "session";

    private static ProxyUnderTest proxy(String mode) {
        return ProxyUnderTest.start(
                Backends.nodePort(), "pool_mode: " + mode, "default_pool_size: 1", "query_wait_timeout: 20s");
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void cancel_ofARunningQuery_cancelsItAndKeepsTheClient(String mode) throws IOException {
        try (ProxyUnderTest proxy = proxy(mode);
                WireClient client = WireClient.login(proxy.port())) {
            client.send(new Query("SELECT pg_sleep(60)"));
            Backends.awaitRunning("pg_sleep");

            WireClient.cancel(proxy.port(), client.key());

            assertEquals(List.of("57014"), WireClient.errors(client.receiveUntil(ReadyForQuery.class)));
            assertEquals("1", client.row("SELECT 1"));
        }
    }

    @Test
    void cancel_ofAClientAtRest_leavesTheServersNextClientAlone() throws IOException {
        try (ProxyUnderTest proxy = proxy(TRANSACTION);
                WireClient idle = WireClient.login(proxy.port());
                WireClient busy = WireClient.login(proxy.port())) {
            assertEquals("1", idle.row("SELECT 1"));
            busy.send(new Query("SELECT 'undisturbed' FROM pg_sleep(0.5)"));
            Backends.awaitRunning("undisturbed");

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
            Backends.awaitRunning("undisturbed");
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

            Backends.terminate(pid);

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
            Backends.awaitRunning("pg_sleep");

            Backends.terminate(pid);

            assertFatal(client.receiveToEnd());
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

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void copy_thatATriggerRefusesBeforeItHasReadItsSync_endsAsWithPostgres(String mode) throws IOException {
        try (WireClient direct = WireClient.login(Backends.nodePort());
                ProxyUnderTest proxy = proxy(mode)) {
            direct.query("CREATE TABLE refusing (n int)");
            direct.query("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'P0042'; END $$");
            direct.query("CREATE TRIGGER refuse BEFORE INSERT ON refusing EXECUTE FUNCTION refuse()");
            try (WireClient client = WireClient.login(proxy.port())) {
                client.send(
                        new Parse("", "COPY refusing FROM STDIN", List.of()),
                        MomentOfDeath.bind(""),
                        new Execute("", 0),
                        new Sync());

                assertEquals(List.of("P0042"), WireClient.errors(client.receiveUntil(ReadyForQuery.class)));
                assertEquals("1", client.row("SELECT 1"));
            }
        } finally {
            try (WireClient direct = WireClient.login(Backends.nodePort())) {
                direct.query("DROP TABLE refusing");
                direct.query("DROP FUNCTION refuse");
            }
        }
    }
}
