package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.PooledByteBufAllocator;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.CommandComplete;
import io.pgorchestra.protocol.message.BackendMessage.CopyInResponse;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Close;
import io.pgorchestra.protocol.message.FrontendMessage.CopyData;
import io.pgorchestra.protocol.message.FrontendMessage.CopyDone;
import io.pgorchestra.protocol.message.FrontendMessage.Flush;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More of everything than the proxy may keep: connections, results, copies and answers that nobody takes. Memory stays bounded. */
@Timeout(120)
class FloodIT {

    private static final int SILENT_CLIENTS = Integer.getInteger("hostile.clients", 5_000);

    /** Files of this process that are not connections of the test: jars, the proxy's own, other tests'. */
    private static final int OTHER_FILES = 1_000;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long MAX_BUFFERED_BYTES = 32L * 1024 * 1024;
    private static final int SMALL_RECEIVE_BUFFER_BYTES = 4096;

    private ProxyUnderTest proxy;
    private WireClient bystander;
    private long memoryBefore;

    @BeforeEach
    void start() throws IOException {
        proxy = ProxyUnderTest.start(
                Backends.nodePort(), "client_login_timeout: 3s", "default_pool_size: 2", "listen_backlog: 1024");
        bystander = WireClient.login(proxy.port());
        assertEquals("1", bystander.row("SELECT 1"));
        memoryBefore = memory();
    }

    @AfterEach
    void stop() throws IOException {
        try (ProxyUnderTest running = proxy;
                WireClient unhurt = bystander) {
            assertEquals("unhurt", unhurt.row("SELECT 'unhurt'"), () -> "through port " + running.port());
        }
    }

    private static long memory() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    private void assertMemoryBounded() {
        long grown = memory() - memoryBefore;
        assertTrue(grown < MAX_BUFFERED_BYTES, "direct memory grew by " + grown);
    }

    @Test
    void silentClients_areTimedOut_andOthersLogInMeanwhile() throws IOException {
        int clients = Math.min(SILENT_CLIENTS, connectionsAllowed());
        System.out.println("silent clients: " + clients);
        List<WireClient> silent = new ArrayList<>();
        try {
            for (int i = 0; i < clients; i++) {
                WireClient client = WireClient.open(proxy.port());
                silent.add(client);
                // One byte, because the system may keep a connection without any from the proxy.
                client.sendBytes(new byte[1]);
                if (i % 500 == 0) {
                    try (WireClient meanwhile = WireClient.login(proxy.port())) {
                        assertEquals("1", meanwhile.row("SELECT 1"));
                    }
                }
            }
            assertMemoryBounded();

            for (WireClient client : silent) {
                assertEquals(List.of("57014"), WireClient.errors(client.receiveToEnd()));
            }
        } finally {
            for (WireClient client : silent) {
                client.close();
            }
        }
    }

    /** Each takes two: both ends are in this process. */
    private static int connectionsAllowed() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            return (int) Math.min(Integer.MAX_VALUE, (system.getMaxFileDescriptorCount() - OTHER_FILES) / 2);
        }
        return 1_000;
    }

    @Test
    void clientThatNeverReads_stopsItsServer_inBoundedMemory() throws IOException {
        try (WireClient client = slowReader(proxy)) {
            client.send(new Query("SELECT repeat('x', 10000) FROM generate_series(1, 8000)"));
            client.receiveUntil(DataRow.class);
            Backends.awaitWaiting("repeat('x', 10000)", "ClientWrite");

            for (int i = 0; i < 100; i++) {
                assertEquals(String.valueOf(i), bystander.row("SELECT " + i));
            }

            assertMemoryBounded();
            long rows = client.receiveUntil(ReadyForQuery.class).stream()
                    .filter(DataRow.class::isInstance)
                    .count();
            assertEquals(7_999, rows);
        }
    }

    private static WireClient slowReader(ProxyUnderTest proxy) throws IOException {
        WireClient client = WireClient.open(proxy.port(), SMALL_RECEIVE_BUFFER_BYTES);
        client.send(WireClient.startupMessage());
        client.receiveUntil(ReadyForQuery.class);
        return client;
    }

    /** The goodbye cannot be sent to it, and the connection must end all the same. */
    @Test
    void clientThatNeverReads_overTheQueryTimeout_isClosed() throws IOException {
        try (ProxyUnderTest strict = ProxyUnderTest.start(
                        Backends.nodePort(), "default_pool_size: 1", "query_timeout: 1s", "max_client_conn: 1");
                WireClient client = slowReader(strict)) {
            client.send(new Query("SELECT repeat('y', 10000) FROM generate_series(1, 8000)"));
            client.receiveUntil(DataRow.class);

            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (!served(strict)) {
                assertTrue(System.nanoTime() < deadlineNanos, "the place is still taken");
                LockSupport.parkNanos(50_000_000);
            }
        }
    }

    private static boolean served(ProxyUnderTest strict) throws IOException {
        try (WireClient next = WireClient.open(strict.port())) {
            next.send(WireClient.startupMessage());
            List<BackendMessage> answer = next.receiveUntilOrEnd(ReadyForQuery.class);
            return answer.stream().anyMatch(ReadyForQuery.class::isInstance)
                    && next.row("SELECT 1").equals("1");
        }
    }

    @Test
    void answersWithoutAServer_thatAreNotRead_stopTheClient() throws Exception {
        CompletableFuture<Void> flood;
        try (WireClient client = slowReader(proxy)) {
            client.query("BEGIN");
            byte[] many = WireClient.bytes(closesAndFlushes());
            AtomicLong sent = new AtomicLong();
            flood = CompletableFuture.runAsync(() -> sendUntilClosed(client, many, sent));

            awaitStandstill(sent);

            assertMemoryBounded();
            assertEquals("1", bystander.row("SELECT 1"));
        }
        flood.get();
    }

    /** What the proxy answers itself: statements that nobody has prepared are closed. */
    private static FrontendMessage[] closesAndFlushes() {
        List<FrontendMessage> messages = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            messages.add(new Close(Subject.STATEMENT, "x"));
            messages.add(new Flush());
        }
        return messages.toArray(FrontendMessage[]::new);
    }

    private static void sendUntilClosed(WireClient client, byte[] bytes, AtomicLong sent) {
        try {
            while (true) {
                client.sendBytes(bytes);
                sent.addAndGet(bytes.length);
            }
        } catch (IOException closed) {
            // As was to be.
        }
    }

    /** Waits until nothing more is taken from the sender for a while. */
    private static void awaitStandstill(AtomicLong sent) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        long seen = -1;
        long sinceNanos = System.nanoTime();
        while (System.nanoTime() - sinceNanos < 1_000_000_000L) {
            assertTrue(System.nanoTime() < deadlineNanos, "still taken after " + sent.get() + " bytes");
            LockSupport.parkNanos(10_000_000);
            if (sent.get() != seen) {
                seen = sent.get();
                sinceNanos = System.nanoTime();
            }
        }
    }

    @Test
    void serverThatNeverReads_stopsItsClientsCopy_inBoundedMemory() throws Exception {
        try (WireClient direct = WireClient.login(Backends.nodePort());
                WireClient client = WireClient.login(proxy.port())) {
            direct.query("CREATE TABLE flooded (line text)");
            direct.query("CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$");
            direct.query("CREATE TRIGGER held BEFORE INSERT ON flooded FOR EACH ROW EXECUTE FUNCTION held()");
            direct.query("SELECT pg_advisory_lock(4711)");
            try {
                client.send(new Query("COPY flooded FROM STDIN"));
                client.receiveUntil(CopyInResponse.class);
                AtomicLong sent = new AtomicLong();
                CompletableFuture<Void> copy = CompletableFuture.runAsync(() -> sendRows(client, sent));
                awaitStandstill(sent);

                assertMemoryBounded();
                assertTrue(sent.get() < COPY_ROWS, "all of it was taken");
                assertEquals("1", bystander.row("SELECT 1"));
                direct.query("SELECT pg_advisory_unlock(4711)");
                copy.get();
                List<BackendMessage> end = client.receiveUntil(ReadyForQuery.class);
                assertTrue(end.contains(new CommandComplete("COPY " + COPY_ROWS)), () -> "end of the copy: " + end);
            } finally {
                direct.query("SELECT pg_advisory_unlock_all()");
                direct.query("DROP TABLE flooded");
                direct.query("DROP FUNCTION held");
            }
        }
    }

    private static final int COPY_ROWS = 2_000;

    private static void sendRows(WireClient client, AtomicLong sent) {
        byte[] row = ("z".repeat(32_000) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] message = WireClient.bytes(new CopyData(row));
        try {
            for (int i = 0; i < COPY_ROWS; i++) {
                client.sendBytes(message);
                sent.incrementAndGet();
            }
            client.send(new CopyDone());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
