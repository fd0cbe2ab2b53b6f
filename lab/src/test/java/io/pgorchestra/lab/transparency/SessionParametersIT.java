package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
