package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.CopyDone;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that break the protocol or never end what they begin: each gets its error, and a bystander notices nothing. */
@Timeout(120)
class HostileClientsIT {

    private BugWatch bugs;
    private ProxyUnderTest proxy;
    private WireClient bystander;

    @BeforeEach
    void start() throws IOException {
        bugs = BugWatch.begin();
        proxy = ProxyUnderTest.start(
                Backends.nodePort(),
                "client_login_timeout: 2s",
                "default_pool_size: 1",
                "idle_transaction_timeout: 1s",
                "query_wait_timeout: 20s",
                "cancel_wait_timeout: 60s");
        bystander = WireClient.login(proxy.port());
        assertEquals("1", bystander.row("SELECT 1"));
    }

    @AfterEach
    void stop() throws IOException {
        try (BugWatch watch = bugs;
                ProxyUnderTest running = proxy;
                WireClient unhurt = bystander) {
            assertEquals("unhurt", unhurt.row("SELECT 'unhurt'"), () -> "through port " + running.port());
            watch.assertNothingLost("by now");
        }
    }

    static Stream<Arguments> brokenFrames() {
        Stream<Arguments> lengths = Stream.of('Q', 'P', 'B', 'D', 'E', 'C', 'S', 'F', 'H', 'd', 'X')
                .flatMap(tag -> Stream.of(0, 1, 2, 3, -1, Integer.MIN_VALUE, Integer.MIN_VALUE + 3)
                        .map(length -> frame(
                                tag + " of length " + length, tag, length >> 24, length >> 16, length >> 8, length)));
        Stream<Arguments> others = Stream.of(
                frame("Parse of two gigabytes", 'P', 0x7f, 0xff, 0xff, 0xff),
                frame("unknown tag", '~', 0, 0, 0, 4),
                frame("tag of zero", 0, 0, 0, 0, 4),
                frame("server's tag", 'Z', 0, 0, 0, 5, 'I'),
                frame("an HTTP request", "GET / HTTP/1.1\r\n\r\n".chars().toArray()),
                frame("Describe without a name", 'D', 0, 0, 0, 4),
                frame("Describe whose name has no end", 'D', 0, 0, 0, 7, 'S', 'a', 'b'),
                frame("Describe whose name ends too early", 'D', 0, 0, 0, 8, 'S', 'a', 0, 'b'),
                frame("Close without a name", 'C', 0, 0, 0, 5, 'S'),
                frame("Parse without a name", 'P', 0, 0, 0, 4),
                frame("Parse of six bytes whose name has no end", 'P', 0, 0, 0, 6, 'a', 'b'),
                frame("Bind without a name", 'B', 0, 0, 0, 6, 'a', 'b'),
                frame("Bind whose statement has no end", 'B', 0, 0, 0, 7, 0, 'a', 'b'),
                frame("password when nobody asked", 'p', 0, 0, 0, 5, 0));
        return Stream.concat(lengths, others);
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
    void brokenFrame_isToldAndEndsTheConnection(String name, byte[] frame) throws IOException {
        try (WireClient atRest = WireClient.login(proxy.port())) {
            atRest.sendBytes(frame);

            assertEquals(List.of("08P01"), WireClient.errors(atRest.receiveToEnd()));
        }
        try (WireClient inTransaction = WireClient.login(proxy.port())) {
            inTransaction.query("BEGIN");
            inTransaction.sendBytes(frame);

            assertEquals(List.of("08P01"), WireClient.errors(inTransaction.receiveToEnd()));
        }
    }

    /** What the proxy need not understand is for Postgres to refuse, in its words and in its way. */
    static Stream<Arguments> frameThatPostgresRefuses() {
        return Stream.of(
                frame("Parse without a text", 'P', 0, 0, 0, 5, 0),
                frame("Parse whose text has no end", 'P', 0, 0, 0, 8, 0, 'a', 'b', 'c'),
                frame("Parse that claims types it does not bring", 'P', 0, 0, 0, 8, 0, 0, 0, 9),
                frame("named Parse without a text", 'P', 0, 0, 0, 6, 'a', 0),
                frame("Bind without parameters", 'B', 0, 0, 0, 6, 0, 0),
                frame("Bind that claims parameters it does not bring", 'B', 0, 0, 0, 10, 0, 0, 0, 0, 0x7f, 0xff),
                frame("Execute without a name", 'E', 0, 0, 0, 4),
                frame("Execute of an unknown portal", 'E', 0, 0, 0, 10, 'x', 0, 0, 0, 0, 0),
                frame("Describe of an unknown kind", 'D', 0, 0, 0, 6, 'x', 0),
                frame("Close of an unknown kind", 'C', 0, 0, 0, 6, 'x', 0),
                frame("Sync with a body", 'S', 0, 0, 0, 6, 1, 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frameThatPostgresRefuses")
    void frame_thatPostgresRefuses_isAnsweredByPostgres(String name, byte[] frame) throws IOException {
        try (WireClient client = WireClient.login(proxy.port());
                WireClient direct = WireClient.login(Backends.nodePort())) {
            byte[] synced = concat(frame, WireClient.bytes(new Sync()), WireClient.bytes(new Query("SELECT 'after'")));
            client.sendBytes(synced);
            direct.sendBytes(synced);

            assertEquals(outcome(direct), outcome(client));
        }
    }

    private static List<String> outcome(WireClient client) throws IOException {
        List<BackendMessage> answers = new ArrayList<>(client.receiveUntilOrEnd(ReadyForQuery.class));
        answers.addAll(client.receiveUntilOrEnd(ReadyForQuery.class));
        return answers.stream().map(HostileClientsIT::summary).toList();
    }

    private static String summary(BackendMessage message) {
        List<String> errors = WireClient.errors(List.of(message));
        return message.getClass().getSimpleName() + errors;
    }

    static Stream<Arguments> brokenStartups() {
        return Stream.of(
                frame("length of minus one", 0xff, 0xff, 0xff, 0xff),
                frame("least length", 0x80, 0, 0, 0),
                frame("length of zero", 0, 0, 0, 0),
                frame("length of three", 0, 0, 0, 3),
                frame("length of four", 0, 0, 0, 4),
                frame("length of seven", 0, 0, 0, 7, 0, 3, 0),
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
    void startup_byteByByteInTime_logsIn() throws IOException {
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
    void startup_withoutItsLastByte_isTimedOut() throws IOException {
        byte[] startup = WireClient.bytes(WireClient.startupMessage());
        try (WireClient client = WireClient.open(proxy.port())) {
            client.sendBytes(Arrays.copyOf(startup, startup.length - 1));

            assertEquals(List.of("57014"), WireClient.errors(client.receiveToEnd()));
        }
    }

    static Stream<Arguments> neverEndingFrames() {
        return Stream.of(
                frame("Query", 'Q', 0, 0, 0, 99, 'S'),
                frame("Parse", 'P', 0, 0, 0, 99, 0),
                frame("Bind, names included", 'B', 0, 0, 0, 99, 0, 0, 0),
                frame("Bind", 'B', 0, 0, 0, 99, 'a'),
                frame("Describe", 'D', 0, 0, 0, 99, 'S'),
                frame("Execute", 'E', 0, 0, 0, 99, 0),
                frame("Close", 'C', 0, 0, 0, 99, 'S'),
                frame("FunctionCall", 'F', 0, 0, 0, 99, 0),
                frame("Sync", 'S', 0, 0, 0, 99),
                frame("a tag", 'B'));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("neverEndingFrames")
    void messageThatNeverEnds_asTheFirst_holdsNoServer(String name, byte[] begun) throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.sendBytes(begun);

            assertEquals("free", bystander.row("SELECT 'free'"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("neverEndingFrames")
    void messageThatNeverEnds_behindAnother_losesItsServerInTime(String name, byte[] begun) throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.sendBytes(concat(WireClient.bytes(new Query("SELECT 'first'")), begun));

            assertEquals("first", WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));
            assertEquals("free", bystander.row("SELECT 'free'"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 1000})
    void message_cutBehindAnotherWhoseServerIsGone_isTakenUpOnTheNext(int cut) throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            byte[] second = WireClient.bytes(new Query("SELECT 'second'" + " ".repeat(2_000)));
            client.sendBytes(concat(WireClient.bytes(new Query("SELECT 'first'")), Arrays.copyOf(second, cut)));
            assertEquals("first", WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));

            client.sendBytes(Arrays.copyOfRange(second, cut, second.length));

            assertEquals("second", WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void seriesWithoutASync_isTimedOutLikeAnIdleTransaction() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            MomentOfDeath.IN_SUSPENDED_PORTAL.reach(client);

            assertEquals(List.of("25P03"), WireClient.errors(client.receiveToEnd()));
        }
    }

    @Test
    void flushWithABody_doesNotMakeItsServerDeafToTheNextClient() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.query("BEGIN");
            client.sendBytes(new byte[] {'H', 0, 0, 0, 5, 0});

            assertEquals(List.of("08P01"), WireClient.errors(client.receiveToEnd()));
            assertEquals("heard", bystander.row("SELECT 'heard'"));
        }
    }

    /** The Parse is skipped because of the error before it, but the Bind behind the Sync is not, and must not find another's statement. */
    @Test
    void bindBehindASkippedParseAndASync_neverRunsAnothersUnnamedStatement() throws IOException {
        for (int i = 0; i < 20; i++) {
            bystander.send(
                    new Parse("", "SELECT 'the bystander''s'", List.of()),
                    MomentOfDeath.bind(""),
                    new Execute("", 0),
                    new Sync());
            assertEquals("the bystander's", WireClient.firstRow(bystander.receiveUntil(ReadyForQuery.class)));
            try (WireClient client = WireClient.login(proxy.port())) {
                client.send(
                        MomentOfDeath.bind("nothing of that name"),
                        new Parse("", "SELECT 'own'", List.of()),
                        new Sync(),
                        MomentOfDeath.bind(""),
                        new Execute("", 0),
                        new Sync());

                assertEquals(List.of("26000"), WireClient.errors(client.receiveUntil(ReadyForQuery.class)));
                assertEquals("own", WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));
            }
        }
    }

    /** Postgres 18 forgets to end the implicit transaction of such a series, and answers XX000 to the next message that begins one. */
    @Test
    void seriesWithAQueryBeforeItsSync_doesNotHurtTheNextClient() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.send(
                    new Parse("", "SELECT 1", List.of()),
                    MomentOfDeath.bind(""),
                    new Execute("", 1),
                    new Query(""),
                    new Sync());
            client.receiveUntil(ReadyForQuery.class);
            client.receiveUntil(ReadyForQuery.class);

            bystander.send(
                    new Parse("", "SELECT 'unhurt'", List.of()),
                    MomentOfDeath.bind(""),
                    new Execute("", 0),
                    new Sync());
            assertEquals("unhurt", WireClient.firstRow(bystander.receiveUntil(ReadyForQuery.class)));
        }
    }

    /** Of which the server has read the statement's name only, when the rest turns out to be broken. */
    @Test
    void bindBeforeABrokenFrame_isPassedWhole() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            byte[] broken = {'Q', 0, 0, 0, 0};
            client.sendBytes(
                    concat(WireClient.bytes(new Parse("", "SELECT 1", List.of()), MomentOfDeath.bind("")), broken));

            assertEquals(List.of("08P01"), WireClient.errors(client.receiveToEnd()));
            assertEquals("soon", bystander.row("SELECT 'soon'"));
        }
    }

    /** A copy reads the Sync as a part of itself, and nobody may wait for its answer. */
    @Test
    void syncWithinACopyOfTheSimpleProtocol_doesNotKeepTheServerLeased() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            client.query("CREATE TEMP TABLE IF NOT EXISTS eaten (n int)");
            client.send(new Query("COPY eaten FROM STDIN"), new Sync(), new CopyDone());
            client.receiveUntil(ReadyForQuery.class);

            assertEquals("free", bystander.row("SELECT 'free'"));
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

    @Test
    void clientOverTheLimit_isRefusedAtOnce() throws IOException {
        try (ProxyUnderTest small = ProxyUnderTest.start(Backends.nodePort(), "max_client_conn: 2");
                WireClient first = WireClient.login(small.port());
                WireClient second = WireClient.open(small.port());
                WireClient third = WireClient.open(small.port())) {
            second.sendBytes(new byte[] {0});
            third.send(WireClient.startupMessage());

            assertEquals(List.of("53300"), WireClient.errors(third.receiveToEnd()));
            assertEquals("in", first.row("SELECT 'in'"));
        }
    }
}
