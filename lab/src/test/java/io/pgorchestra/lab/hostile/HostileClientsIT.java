package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that break the protocol, flood, stall or say nothing: each gets its error or its timeout, and a bystander notices nothing. */
@Timeout(120)
class HostileClientsIT {

    private static final int SILENT_CLIENTS = Integer.getInteger("hostile.clients", 300);
    private static final long MAX_BUFFERED_BYTES = 32L * 1024 * 1024;

    private ProxyUnderTest proxy;
    private WireClient bystander;

    @BeforeEach
    void start() throws IOException {
        proxy = ProxyUnderTest.start(
                PostgresUnderTest.newest().node().port(), "client_login_timeout: 2s", "default_pool_size: 2");
        bystander = WireClient.login(proxy.port());
        assertEquals("1", bystander.row("SELECT 1"));
    }

    @AfterEach
    void stop() throws IOException {
        try (ProxyUnderTest running = proxy;
                WireClient unhurt = bystander) {
            assertEquals("unhurt", unhurt.row("SELECT 'unhurt'"), () -> "through port " + running.port());
        }
    }

    static Stream<Arguments> brokenFrames() {
        return Stream.of(
                frame("negative length", 'Q', 0xff, 0xff, 0xff, 0xff),
                frame("length of zero", 'Q', 0, 0, 0, 0),
                frame("length of three", 'Q', 0, 0, 0, 3),
                frame("Parse of two gigabytes", 'P', 0x7f, 0xff, 0xff, 0xff),
                frame("unknown tag", '~', 0, 0, 0, 4),
                frame("tag of zero", 0, 0, 0, 0, 4),
                frame("server's tag", 'Z', 0, 0, 0, 5, 'I'),
                frame("an HTTP request", "GET / HTTP/1.1\r\n\r\n".chars().toArray()),
                frame("Describe without a name", 'D', 0, 0, 0, 4),
                frame("Describe whose name has no end", 'D', 0, 0, 0, 7, 'S', 'a', 'b'),
                frame("Close without a name", 'C', 0, 0, 0, 5, 'S'),
                frame("Parse without a name", 'P', 0, 0, 0, 4),
                frame("Bind without a name", 'B', 0, 0, 0, 6, 'a', 'b'),
                frame("password when nobody asked", 'p', 0, 0, 0, 5, 0));
    }

    private static Arguments frame(String name, int... bytes) {
        byte[] frame = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            frame[i] = (byte) bytes[i];
        }
        return Arguments.of(name, frame);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenFrames")
    void brokenFrame_afterLogin_isToldAndEndsTheConnection(String name, byte[] frame) throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.sendBytes(frame);

            assertEquals(List.of("08P01"), WireClient.errors(client.receiveToEnd()));
        }
    }

    static Stream<Arguments> brokenStartups() {
        return Stream.of(
                frame("negative length", 0xff, 0xff, 0xff, 0xff),
                frame("length of four", 0, 0, 0, 4),
                frame("length of a gigabyte", 0x40, 0, 0, 0, 0, 3, 0, 0),
                frame("an HTTP request", "GET / HTTP/1.1\r\n\r\n".chars().toArray()),
                frame("parameters without an end", 0, 0, 0, 12, 0, 3, 0, 0, 'u', 's', 'e', 'r'));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenStartups")
    void brokenStartupPacket_isToldAndEndsTheConnection(String name, byte[] packet) throws IOException {
        try (WireClient client = WireClient.open(proxy.port())) {
            client.sendBytes(packet);

            assertEquals(List.of("08P01"), WireClient.errors(client.receiveToEnd()));
        }
    }

    @Test
    void startup_byteByByte_logsIn() throws IOException {
        try (WireClient client = WireClient.open(proxy.port())) {
            for (byte single : WireClient.bytes(WireClient.startupMessage())) {
                client.sendBytes(new byte[] {single});
            }
            client.receiveUntil(ReadyForQuery.class);

            for (byte single : WireClient.bytes(new Query("SELECT 'slowly'"))) {
                client.sendBytes(new byte[] {single});
            }

            assertEquals("slowly", WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));
        }
    }

    @Test
    void silentClients_areTimedOut_andOthersLogInMeanwhile() throws IOException {
        List<WireClient> silent = new ArrayList<>();
        try {
            for (int i = 0; i < SILENT_CLIENTS; i++) {
                WireClient client = WireClient.open(proxy.port());
                silent.add(client);
                // One byte, because the system may keep a connection without any from the proxy.
                client.sendBytes(new byte[1]);
            }
            try (WireClient meanwhile = WireClient.login(proxy.port())) {
                assertEquals("1", meanwhile.row("SELECT 1"));
            }

            for (WireClient client : silent) {
                List<BackendMessage> last = client.receiveToEnd();
                assertEquals(1, WireClient.errors(last).size(), "one error in " + last);
            }
        } finally {
            for (WireClient client : silent) {
                client.close();
            }
        }
    }

    @Test
    void clientThatNeverReads_stopsItsServer_inBoundedMemory() throws IOException {
        try (WireClient client = WireClient.open(proxy.port(), 4096)) {
            client.send(WireClient.startupMessage());
            client.receiveUntil(ReadyForQuery.class);
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            client.send(new Query("SELECT repeat('x', 10000) FROM generate_series(1, 8000)"));
            client.receiveUntil(DataRow.class);

            for (int i = 0; i < 100; i++) {
                assertEquals(String.valueOf(i), bystander.row("SELECT " + i));
            }

            long grown = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before;
            assertTrue(grown < MAX_BUFFERED_BYTES, "direct memory grew by " + grown);
            long rows = client.receiveUntil(ReadyForQuery.class).stream()
                    .filter(DataRow.class::isInstance)
                    .count();
            assertEquals(7_999, rows);
        }
    }

    @Test
    void copyMessages_withoutACopy_areIgnoredAsPostgresDoes() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.sendBytes(new byte[] {'d', 0, 0, 0, 5, 'x', 'c', 0, 0, 0, 4});

            assertEquals("on we go", client.row("SELECT 'on we go'"));
        }
    }

    @Test
    void unreadableText_isTheServersErrorNotOurs() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            byte[] query = WireClient.bytes(new Query("SELECT '?'"));
            query[new String(query, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xff;
            client.sendBytes(query);

            assertEquals(List.of("22021"), WireClient.errors(client.receiveUntil(ReadyForQuery.class)));
            assertEquals("1", client.row("SELECT 1"));
        }
    }
}
