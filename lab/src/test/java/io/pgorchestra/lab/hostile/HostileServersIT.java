package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.CommandComplete;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that break the protocol in one certain way: their client is told 08006, and nobody else is told anything. */
@Timeout(60)
class HostileServersIT {

    private static ProxyUnderTest proxy(FakeBackend backend) {
        return ProxyUnderTest.start(
                backend.port(), "default_pool_size: 1", "query_timeout: 2s", "cancel_wait_timeout: 1s");
    }

    static Stream<Arguments> brokenAnswers() {
        return Stream.of(
                answer("negative length", 'D', 0xff, 0xff, 0xff, 0xff),
                answer("length of three", 'C', 0, 0, 0, 3),
                answer("ReadyForQuery without a status", 'Z', 0, 0, 0, 4),
                answer("ReadyForQuery of an unknown status", 'Z', 0, 0, 0, 5, 'x'),
                answer("ReadyForQuery of sixteen megabytes", 'Z', 1, 0, 0, 0, 'I'),
                answer("ParameterStatus of one byte", 'S', 0, 0, 0, 5, 0),
                answer("ParameterStatus without an end", 'S', 0, 0, 0, 7, 'a', 0, 'b'),
                answer("ParameterStatus with a zero byte in its value", 'S', 0, 0, 0, 9, 'a', 0, 0, 'b', 0),
                answer("ParseComplete that nobody asked for", '1', 0, 0, 0, 4));
    }

    private static Arguments answer(String name, int... bytes) {
        byte[] answer = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            answer[i] = (byte) bytes[i];
        }
        return Arguments.of(name, answer);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenAnswers")
    void brokenAnswer_isAConnectionFailureToItsClient(String name, byte[] answer) throws IOException {
        try (BugWatch bugs = BugWatch.begin();
                FakeBackend backend = FakeBackend.scripted(answer);
                ProxyUnderTest proxy = proxy(backend);
                WireClient client = WireClient.login(proxy.port())) {
            client.send(new Query("SELECT 1"));

            assertEquals(List.of("08006"), WireClient.errors(client.receiveToEnd()));
            bugs.assertNothingLost(name);
        }
    }

    /** The next client waits already when the answer comes, and its query is under way when the rest of it is looked at. */
    @Test
    void secondAnswer_behindTheFirst_neverMeetsTheNextClient() throws IOException {
        byte[] row = FakeBackend.bytes(new DataRow(List.of("the first client's".getBytes(StandardCharsets.UTF_8))));
        byte[] end = FakeBackend.bytes(new CommandComplete("SELECT 1"));
        byte[] ready = FakeBackend.bytes(new ReadyForQuery(TransactionStatus.IDLE));
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        for (byte[] frame : List.of(row, end, ready, row, end, ready)) {
            twice.writeBytes(frame);
        }
        try (FakeBackend backend = FakeBackend.scripted(twice.toByteArray());
                ProxyUnderTest proxy = proxy(backend);
                WireClient first = WireClient.login(proxy.port());
                WireClient next = WireClient.login(proxy.port())) {
            first.send(new Query("SELECT 1"));
            next.send(new Query("SELECT 2"));

            long firstRows = rows(first.receiveToEnd());
            long nextRows = rows(next.receiveToEnd());

            assertTrue(firstRows <= 1 && nextRows <= 1, "rows: " + firstRows + " and " + nextRows);
        }
    }

    private static long rows(List<BackendMessage> answer) {
        return answer.stream().filter(DataRow.class::isInstance).count();
    }

    @Test
    void silentServer_isClosedWithItsClientInTime() throws IOException {
        byte[] nothingMuch = {'N', 0, 0, 0, 5, 0};
        try (FakeBackend backend = FakeBackend.scripted(nothingMuch);
                ProxyUnderTest proxy = proxy(backend);
                WireClient client = WireClient.login(proxy.port())) {
            client.send(new Query("SELECT 1"));

            assertEquals(List.of("57014"), WireClient.errors(client.receiveToEnd()));
        }
    }

    /** The proxy's own query, by which it brings a session's state, is never answered; the client was not even heard. */
    @Test
    void serverThatIsSilentToTheProxyItself_isGivenUpInTime() throws IOException {
        byte[] nothingMuch = {'N', 0, 0, 0, 5, 0};
        try (FakeBackend backend = FakeBackend.scripted(nothingMuch);
                ProxyUnderTest proxy = proxy(backend);
                WireClient client = WireClient.open(proxy.port())) {
            client.send(WireClient.startupMessage("TimeZone", "Asia/Tokyo"));

            assertEquals(List.of("08006"), WireClient.errors(client.receiveToEnd()));
        }
    }
}
