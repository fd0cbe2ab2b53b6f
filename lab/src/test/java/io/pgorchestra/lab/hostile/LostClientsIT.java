package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that vanish at the worst moment: the next one to use their server finds nothing of them, and finds it soon. */
@Timeout(90)
class LostClientsIT {

    private static final String TRANSACTION = "transaction";
    private static final String SESSION = "session";

    /** What the next client finds: no transaction, no row, the default time zone, no statement of another, no cursor. */
    private static final String CLEAN = "t|0|UTC|0|0";

    private static final String LOOK = """
            SELECT pg_current_xact_id_if_assigned() IS NULL, (SELECT count(*) FROM lost), current_setting('TimeZone'),
            (SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'orchestra%'), (SELECT count(*) FROM pg_cursors)
            """;

    /** How often a moment that takes luck to hit is tried. */
    private static final int TRIES = 20;

    /** How a connection ends without a Terminate. */
    private enum End {
        HANG_UP {
            @Override
            void of(WireClient client) throws IOException {
                client.hangUp();
            }
        },
        RESET {
            @Override
            void of(WireClient client) throws IOException {
                client.reset();
            }
        };

        abstract void of(WireClient client) throws IOException;
    }

    @BeforeAll
    static void makeTable() throws IOException {
        try (WireClient direct = WireClient.login(Backends.nodePort())) {
            direct.query("CREATE TABLE IF NOT EXISTS lost (n int)");
            direct.query("ALTER DATABASE postgres SET TimeZone = 'UTC'");
        }
    }

    @AfterAll
    static void dropTable() throws IOException {
        try (WireClient direct = WireClient.login(Backends.nodePort())) {
            direct.query("DROP TABLE lost");
            direct.query("ALTER DATABASE postgres RESET TimeZone");
        }
    }

    @BeforeEach
    void emptyTable() throws IOException {
        try (WireClient direct = WireClient.login(Backends.nodePort())) {
            direct.query("TRUNCATE lost");
        }
    }

    /** A pool of one server, which is never given up for lost within the patience of a client of these tests. */
    private static ProxyUnderTest proxy(String mode) {
        return ProxyUnderTest.start(
                Backends.nodePort(),
                "pool_mode: " + mode,
                "default_pool_size: 1",
                "query_wait_timeout: 60s",
                "cancel_wait_timeout: 60s");
    }

    static Stream<Arguments> deaths() {
        return Stream.of(MomentOfDeath.values())
                .flatMap(moment -> Stream.of(TRANSACTION, SESSION)
                        .flatMap(mode -> Stream.of(End.values()).map(end -> Arguments.of(mode, end, moment))));
    }

    @ParameterizedTest(name = "{0} mode, {1} {2}")
    @MethodSource("deaths")
    void server_afterItsClientVanished_isCleanForTheNext(String mode, End end, MomentOfDeath moment)
            throws IOException {
        try (ProxyUnderTest proxy = proxy(mode);
                WireClient lost = WireClient.login(proxy.port())) {
            moment.reach(lost);

            end.of(lost);

            try (WireClient next = WireClient.login(proxy.port())) {
                assertClean(next);
            }
        }
        Backends.awaitNobodyBusy();
    }

    private static void assertClean(WireClient client) throws IOException {
        List<BackendMessage> answer = client.query(LOOK);
        assertEquals(CLEAN, WireClient.firstRow(answer));
        assertEquals(new ReadyForQuery(TransactionStatus.IDLE), answer.get(answer.size() - 1));
    }

    @ParameterizedTest
    @EnumSource
    void client_thatVanishesWhileItWaits_isForgotten(End end) throws IOException {
        try (ProxyUnderTest proxy = proxy(TRANSACTION);
                Console console = Console.of(proxy);
                WireClient holder = WireClient.login(proxy.port());
                WireClient next = WireClient.login(proxy.port())) {
            for (int i = 0; i < TRIES; i++) {
                holder.query("BEGIN");
                try (WireClient lost = WireClient.login(proxy.port())) {
                    lost.send(new Query("INSERT INTO lost VALUES (1)"), new Query("SELECT pg_sleep(60)"));
                    console.awaitPool("cl_waiting", "1");
                    end.of(lost);
                }
                console.awaitPool("cl_waiting", "0");
                holder.query("ROLLBACK");

                assertClean(next);
            }
        }
    }

    /** The server holds another time zone than the client that asks for it, so there is a query of the proxy's own in between. */
    @ParameterizedTest
    @EnumSource
    void server_whoseClientVanishedWhileItWasPrepared_isCleanForTheNext(End end) throws IOException {
        try (ProxyUnderTest proxy = proxy(TRANSACTION);
                WireClient next = WireClient.login(proxy.port())) {
            for (int i = 0; i < TRIES; i++) {
                try (WireClient lost = WireClient.login(proxy.port())) {
                    lost.query("SET TimeZone = 'Asia/Tokyo'");
                    assertClean(next);
                    lost.send(new Query("SELECT pg_sleep(60)"));
                    end.of(lost);
                }

                assertClean(next);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void client_thatVanishesDuringLogin_isForgotten(End end) throws IOException {
        try (ProxyUnderTest proxy = proxy(TRANSACTION)) {
            byte[] startup = WireClient.bytes(WireClient.startupMessage("application_name", "lost"));
            for (int sent = 0; sent <= startup.length; sent += 3) {
                try (WireClient lost = WireClient.open(proxy.port())) {
                    lost.sendBytes(Arrays.copyOf(startup, sent));
                    end.of(lost);
                }
            }

            try (WireClient next = WireClient.login(proxy.port())) {
                assertClean(next);
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
                    next.send(MomentOfDeath.bind(name), new Execute("", 0), new Sync());
                    assertEquals(
                            List.of("26000"),
                            WireClient.errors(next.receiveUntil(ReadyForQuery.class)),
                            "statement \"" + name + "\"");
                }
            }
        }
    }
}
