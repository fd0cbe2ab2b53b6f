package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.ProtocolViolation;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that breaks the protocol in every way: its clients get an error, an end or their timeout, and never a row that another has
 * asked for; a healthy database behind the same proxy serves on. Time and seed: {@link FuzzTime}; the order in which the threads take
 * turns is not replayed.
 */
@Timeout(3600)
class ServerFuzzIT {

    private static final int MODES = 2;
    private static final int CLIENTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Every limit that ends a wait in this test is below this. */
    private static final int LONGEST_WAIT_MILLIS = 8_000;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void harmedAnswers_neverReachAnotherClient(String mode) throws Exception {
        assertTrue(Backends.nodePort() > 0, "the healthy node is there before time runs");
        FuzzTime time = new FuzzTime(MODES);
        long seed = time.nextSeed();
        try (BugWatch bugs = BugWatch.begin();
                FakeBackend backend = FakeBackend.start(seed);
                ProxyUnderTest proxy = ProxyUnderTest.start(configuration(backend, mode));
                Witness witness = Witness.begin(proxy.port(), WireClient.DATABASE, mode.equals("transaction"))) {
            List<CompletableFuture<Integer>> clients = new ArrayList<>();
            for (int id = 0; id < CLIENTS; id++) {
                int client = id;
                clients.add(CompletableFuture.supplyAsync(() -> ask(proxy.port(), client, time)));
            }
            int answered = 0;
            for (CompletableFuture<Integer> client : clients) {
                answered += client.get();
            }
            String replay = mode + ", -Dseed=" + seed;
            witness.assertUnhurt(replay);
            backend.turnHonest();
            awaitHonestAnswer(proxy.port(), replay);
            bugs.assertNothingLost(replay);
            System.out.println("server fuzz: " + replay + ": " + backend.harmed() + " answers harmed, " + answered
                    + " right ones, witness answered " + witness.end() + " times");
            assertTrue(answered > 0, "no right answer ever came");
        }
    }

    private Path configuration(FakeBackend backend, String mode) throws IOException {
        String ini = """
                [databases]
                fake = host=127.0.0.1 port=%d
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = 0
                auth_type = trust
                pool_mode = %s
                default_pool_size = 3
                query_timeout = 0.3
                idle_transaction_timeout = 0.3
                query_wait_timeout = 4
                cancel_wait_timeout = 0.3
                server_connect_timeout = 0.3
                server_login_retry = 0.02
                """.formatted(backend.port(), Backends.nodePort(), mode);
        return Files.writeString(directory.resolve("pgbouncer.ini"), ini);
    }

    /** Asks, and connects anew when thrown out, until time is over. Returns how many right answers came. */
    private static int ask(int port, int client, FuzzTime time) {
        int answered = 0;
        int asked = 0;
        while (time.left()) {
            try (WireClient connection = WireClient.open(port)) {
                connection.readTimeoutMillis(LONGEST_WAIT_MILLIS);
                connection.send(WireClient.startupMessage("database", "fake"));
                connection.receiveUntil(ReadyForQuery.class);
                while (time.left()) {
                    answered += ask(connection, client, asked++);
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("client " + client + " neither got an answer nor was thrown out", e);
            } catch (IOException | ProtocolViolation | IndexOutOfBoundsException | IllegalArgumentException refused) {
                // An error, an end, or an answer that nobody can read: it connects anew.
            }
        }
        return answered;
    }

    private static int ask(WireClient connection, int client, int number) throws IOException {
        String mark = mark(client, number);
        if (number % 2 == 0) {
            connection.send(new Query("SELECT '" + mark + "'"));
        } else {
            connection.send(
                    new Parse("", "SELECT '" + mark + "'", List.of()),
                    MomentOfDeath.bind(""),
                    new Execute("", 0),
                    new Sync());
        }
        int right = 0;
        BackendMessage message;
        do {
            try {
                message = connection.receive();
            } catch (SocketTimeoutException e) {
                List<String> trace = connection.trace();
                throw new AssertionError(
                        "client " + client + " neither got an answer nor was thrown out after "
                                + trace.subList(Math.max(0, trace.size() - 12), trace.size()),
                        e);
            }
            if (message instanceof DataRow row
                    && row.columns().size() == 1
                    && row.columns().get(0) != null) {
                String text = new String(row.columns().get(0), StandardCharsets.UTF_8);
                right += text.equals(mark) ? 1 : 0;
                assertNotOfAnother(client, text);
            }
        } while (!(message instanceof ReadyForQuery));
        return right;
    }

    /** Who asked, what number, and a checksum, for the harm may make a mark into one that looks like another's. */
    private static String mark(int client, int number) {
        String asked = client + ":" + number;
        return asked + ":" + checksum(asked);
    }

    private static String checksum(String asked) {
        CRC32 sum = new CRC32();
        sum.update(asked.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }

    private static void assertNotOfAnother(int client, String text) {
        int end = text.lastIndexOf(':');
        if (end > 0 && checksum(text.substring(0, end)).equals(text.substring(end + 1))) {
            assertEquals(String.valueOf(client), text.substring(0, text.indexOf(':')), "whose row is " + text);
        }
    }

    private static void awaitHonestAnswer(int port, String replay) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (WireClient fresh = WireClient.login(port, "database", "fake")) {
                assertEquals("honest", fresh.row("SELECT 'honest'"));
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new AssertionError("no answer from a server that is honest again, " + replay, notYet);
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
    }
}
