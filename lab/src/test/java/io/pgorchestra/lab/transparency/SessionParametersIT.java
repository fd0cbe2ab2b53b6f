package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.protocol.message.BackendMessage.ParameterStatus;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients with parameters of their own share one server: each has its own, and nobody another's. */
@Timeout(60)
class SessionParametersIT {

    private static final String WORK_MEM = "work_mem";
    private static final String OWN = "7MB";
    private static final String TOKYO = "Asia/Tokyo";

    private ProxyUnderTest proxy;
    private String byDefault;

    @BeforeEach
    void start() throws IOException {
        int nodePort = PostgresUnderTest.newest().node().port();
        proxy = ProxyUnderTest.start(nodePort, "pool_mode: transaction", "default_pool_size: 1");
        try (WireClient direct = WireClient.login(nodePort)) {
            byDefault = workMem(direct);
        }
        assertNotEquals(OWN, byDefault);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private static String workMem(WireClient client) throws IOException {
        return client.row("SHOW " + WORK_MEM);
    }

    /** The server would be left with the parameters of the client before, and the next one would be given it as one without any. */
    @Test
    void refusedStartupParameter_leavesNobodyWithThoseOfTheClientBefore() throws IOException {
        try (WireClient own = WireClient.login(proxy.port(), WORK_MEM, OWN)) {
            assertEquals(OWN, workMem(own));
            assertThrows(
                    IOException.class,
                    () -> WireClient.login(proxy.port(), WORK_MEM, "much").close());
            try (WireClient other = WireClient.login(proxy.port())) {
                assertEquals(byDefault, workMem(other));
                assertEquals(OWN, workMem(own));
            }
        }
    }

    /** As asyncpg does each time that a connection goes back to its pool. */
    @Test
    void resetAll_keepsNobodyFromHisStartupParameters() throws IOException {
        try (WireClient own = WireClient.login(proxy.port(), WORK_MEM, OWN);
                WireClient alike = WireClient.login(proxy.port(), WORK_MEM, OWN)) {
            assertEquals(OWN, workMem(own));
            own.query("RESET ALL");

            assertEquals(OWN, workMem(own));
            own.query("RESET " + WORK_MEM);
            assertEquals(OWN, workMem(alike));
        }
    }

    static List<List<FrontendMessage>> resets() {
        return List.of(
                List.of(new Query("RESET TimeZone")),
                List.of(new Query("RESET ALL")),
                List.of(new Query("DISCARD ALL")),
                List.of(
                        new Parse("", "RESET TimeZone", List.of()),
                        new Bind("", "", List.of(), List.of(), List.of()),
                        new Execute("", 0),
                        new Sync()));
    }

    /** On its own server a RESET goes back to the startup parameter; on a shared one it went to that server's default, and the client was told so. */
    @ParameterizedTest
    @MethodSource("resets")
    void reset_goesBackToTheClientsOwnStartupParameter(List<FrontendMessage> reset) throws IOException {
        try (WireClient own = WireClient.login(proxy.port(), "TimeZone", TOKYO);
                WireClient other = WireClient.login(proxy.port())) {
            String usual = other.row("SHOW TimeZone");
            own.query("SET TimeZone = 'Europe/Berlin'");
            own.send(reset.toArray(FrontendMessage[]::new));
            List<String> told = own.receiveUntil(ReadyForQuery.class).stream()
                    .filter(ParameterStatus.class::isInstance)
                    .map(message -> ((ParameterStatus) message).value())
                    .toList();

            assertEquals(List.of(TOKYO), told);
            assertEquals(TOKYO, own.row("SHOW TimeZone"));
            assertEquals(usual, other.row("SHOW TimeZone"));
            own.query("BEGIN; SET TimeZone = 'Europe/Berlin'; RESET TimeZone; SET IntervalStyle = 'iso_8601'; COMMIT");
            assertEquals(TOKYO, own.row("SHOW TimeZone"));
            assertEquals("iso_8601", own.row("SHOW IntervalStyle"));
        }
    }

    /** The answer to startup parameters that nobody had come with yet was kept with what another client had set. */
    @Test
    void timeZoneThatOneClientHasSet_isNotWhatNewOnesAreGreetedWith() throws IOException {
        try (WireClient setting = WireClient.login(proxy.port(), "application_name", "first")) {
            String before = setting.row("SHOW TimeZone");
            assertNotEquals(TOKYO, before);
            setting.query("SET TimeZone = '" + TOKYO + "'");
            assertEquals(TOKYO, setting.row("SHOW TimeZone"));

            try (WireClient other = WireClient.login(proxy.port(), "application_name", "second")) {
                assertEquals(before, other.row("SHOW TimeZone"));
                assertEquals(TOKYO, setting.row("SHOW TimeZone"));
            }
        }
    }
}
