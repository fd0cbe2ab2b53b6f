package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Describe;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two clients prepare the same text on one server: each gets what the text means to it. */
@Timeout(60)
class SharedStatementsIT {

    /** Read by the TimeZone of the session at the time of the Parse. */
    private static final String MIDNIGHT = "SELECT extract(epoch FROM timestamptz '2001-02-16 00:00:00')::bigint";

    private static final String UTC_MIDNIGHT = "982281600";
    private static final String NEW_YORK_MIDNIGHT = "982299600";
    private static final String ALL_OF_T = "SELECT * FROM shared_t";

    private int nodePort;
    private ProxyUnderTest proxy;

    @BeforeEach
    void start() throws IOException {
        nodePort = PostgresUnderTest.newest().node().port();
        proxy = ProxyUnderTest.start(nodePort, "pool_mode: transaction", "default_pool_size: 1");
        direct("DROP TABLE IF EXISTS shared_t", "CREATE TABLE shared_t AS SELECT 1 AS n");
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        direct("DROP SCHEMA IF EXISTS shared_s CASCADE", "DROP TABLE shared_t");
    }

    private void direct(String... commands) throws IOException {
        try (WireClient direct = WireClient.login(nodePort)) {
            for (String command : commands) {
                assertEquals(List.of(), WireClient.errors(direct.query(command)), command);
            }
        }
    }

    private static List<FrontendMessage> run(String statement) {
        return List.of(new Bind("", statement, List.of(), List.of(), List.of()), new Execute("", 0), new Sync());
    }

    private static List<FrontendMessage> prepareAndRun(String statement, String sql) {
        List<FrontendMessage> messages = new ArrayList<>();
        messages.add(new Parse(statement, sql, List.of()));
        messages.addAll(run(statement));
        return messages;
    }

    private static List<BackendMessage> ask(WireClient client, List<FrontendMessage> messages) throws IOException {
        client.send(messages.toArray(FrontendMessage[]::new));
        return client.receiveUntil(ReadyForQuery.class);
    }

    private static String answer(WireClient client, List<FrontendMessage> messages) throws IOException {
        return WireClient.firstRow(ask(client, messages));
    }

    @Test
    void sameText_inTwoTimeZones_isReadInEachClientsOwn() throws IOException {
        try (WireClient utc = WireClient.login(proxy.port(), "TimeZone", "UTC");
                WireClient newYork = WireClient.login(proxy.port(), "TimeZone", "America/New_York")) {
            assertEquals(UTC_MIDNIGHT, answer(utc, prepareAndRun("s", MIDNIGHT)));
            assertEquals(NEW_YORK_MIDNIGHT, answer(newYork, prepareAndRun("s", MIDNIGHT)));
            assertEquals(UTC_MIDNIGHT, answer(utc, run("s")));
            assertEquals(NEW_YORK_MIDNIGHT, answer(newYork, run("s")));
        }
    }

    @Test
    void timeZoneSetInTheSamePipeline_isNotTheNextClients() throws IOException {
        try (WireClient traveller = WireClient.login(proxy.port(), "TimeZone", "UTC");
                WireClient utc = WireClient.login(proxy.port(), "TimeZone", "UTC")) {
            List<FrontendMessage> pipeline = new ArrayList<>();
            pipeline.add(new Parse("", "SET TimeZone = 'America/New_York'", List.of()));
            pipeline.add(new Bind("", "", List.of(), List.of(), List.of()));
            pipeline.add(new Execute("", 0));
            pipeline.addAll(prepareAndRun("s", MIDNIGHT));
            assertEquals(NEW_YORK_MIDNIGHT, answer(traveller, pipeline));

            assertEquals(UTC_MIDNIGHT, answer(utc, prepareAndRun("s", MIDNIGHT)));
            assertEquals(NEW_YORK_MIDNIGHT, answer(traveller, run("s")));
        }
    }

    @Test
    void sameText_underTwoSearchPaths_findsEachClientsOwnTable() throws IOException {
        direct("CREATE SCHEMA shared_s", "CREATE TABLE shared_s.shared_t AS SELECT 'two'::text AS n");
        try (WireClient one = WireClient.login(proxy.port());
                WireClient two = WireClient.login(proxy.port(), "options", "-c search_path=shared_s")) {
            assertEquals("1", answer(one, prepareAndRun("s", ALL_OF_T)));
            assertEquals("two", answer(two, prepareAndRun("s", ALL_OF_T)));
            assertEquals("1", answer(one, run("s")));
            assertEquals("two", answer(two, run("s")));
        }
    }

    @Test
    void textPreparedAgainAfterDdl_returnsTheNewColumns() throws IOException {
        try (WireClient before = WireClient.login(proxy.port());
                WireClient changing = WireClient.login(proxy.port());
                WireClient after = WireClient.login(proxy.port())) {
            assertEquals("1", answer(before, prepareAndRun("s", ALL_OF_T)));

            changing.query("ALTER TABLE shared_t ADD m text DEFAULT 'new'");

            after.query("BEGIN");
            assertEquals("1|new", answer(after, prepareAndRun("s", ALL_OF_T)));
            after.query("COMMIT");
            // As without a proxy: whoever prepared it before has to prepare it again.
            assertEquals(List.of("0A000"), WireClient.errors(ask(before, run("s"))));
            assertEquals("1|new", answer(before, prepareAndRun("s2", ALL_OF_T)));
        }
    }

    @Test
    void textPreparedUnderDdlThatIsRolledBack_isNotTheNextClients() throws IOException {
        try (WireClient trying = WireClient.login(proxy.port());
                WireClient next = WireClient.login(proxy.port())) {
            trying.query("BEGIN");
            trying.query("SAVEPOINT s");
            trying.query("ALTER TABLE shared_t ADD m text DEFAULT 'new'");
            assertEquals("1|new", answer(trying, prepareAndRun("s", ALL_OF_T)));
            trying.query("ROLLBACK TO s");
            assertEquals("1", answer(trying, prepareAndRun("s2", ALL_OF_T)));
            trying.query("ROLLBACK");

            assertEquals("1", answer(next, prepareAndRun("s", ALL_OF_T)));
        }
    }

    @Test
    void schemaChangedBehindTheProxysBack_isSeenAfterOneError() throws IOException {
        try (WireClient client = WireClient.login(proxy.port());
                WireClient other = WireClient.login(proxy.port())) {
            assertEquals("1", answer(client, prepareAndRun("s", ALL_OF_T)));

            direct("ALTER TABLE shared_t ADD m text DEFAULT 'new'");

            assertEquals(List.of("0A000"), WireClient.errors(ask(other, prepareAndRun("s", ALL_OF_T))));
            assertEquals("1|new", answer(other, prepareAndRun("s2", ALL_OF_T)));
            assertEquals("1|new", answer(client, prepareAndRun("s2", ALL_OF_T)));
        }
    }

    @Test
    void unnamedStatement_afterAnotherClientsOnTheSameServer_isStillItsOwn() throws IOException {
        try (WireClient one = WireClient.login(proxy.port());
                WireClient two = WireClient.login(proxy.port());
                WireClient without = WireClient.login(proxy.port())) {
            assertEquals("1", answer(one, prepareAndRun("", "SELECT 1")));
            assertEquals("2", answer(two, prepareAndRun("", "SELECT 2")));
            assertEquals("1", answer(one, run("")));
            assertEquals("2", answer(two, run("")));
            // In the middle of a pipeline too: what is put in front of the second Bind must not overtake the first.
            List<FrontendMessage> twice = new ArrayList<>(run(""));
            twice.addAll(run(""));
            one.send(twice.toArray(FrontendMessage[]::new));
            assertEquals("1", WireClient.firstRow(one.receiveUntil(ReadyForQuery.class)));
            assertEquals("1", WireClient.firstRow(one.receiveUntil(ReadyForQuery.class)));
            assertEquals(List.of("26000"), WireClient.errors(ask(without, run(""))));
        }
    }

    @Test
    void newNameAndUnnamed_inOnePipeline_keepTheirOrder() throws IOException {
        try (WireClient client = WireClient.login(proxy.port());
                WireClient other = WireClient.login(proxy.port())) {
            answer(client, prepareAndRun("s", "SELECT 's'"));
            answer(client, prepareAndRun("", "SELECT 'u'"));
            // So that this server knows the client's unnamed statement no more.
            answer(other, prepareAndRun("", "SELECT 'other'"));
            List<FrontendMessage> pipeline = new ArrayList<>();
            for (String statement : List.of("s", "", "s", "")) {
                pipeline.add(new Bind("", statement, List.of(), List.of(), List.of()));
                pipeline.add(new Execute("", 0));
            }
            pipeline.add(new Sync());

            assertEquals(List.of("s", "u", "s", "u"), WireClient.rows(ask(client, pipeline)));
        }
    }

    @Test
    void portalNamedLikeOurStatements_isDescribed() throws IOException {
        try (WireClient client = WireClient.login(proxy.port())) {
            List<BackendMessage> replies = ask(
                    client,
                    List.of(
                            new Parse("", "SELECT 1", List.of()),
                            new Bind("orchestra_1", "", List.of(), List.of(), List.of()),
                            new Describe(Subject.PORTAL, "orchestra_1"),
                            new Execute("orchestra_1", 0),
                            new Sync()));

            assertEquals(List.of(), WireClient.errors(replies));
            assertEquals("1", WireClient.firstRow(replies));
        }
    }

    @Test
    void sameTextInTheSameState_isPreparedOnce() throws IOException {
        String whoAmI = "SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT name FROM pg_prep%'";
        try (WireClient one = WireClient.login(proxy.port());
                WireClient two = WireClient.login(proxy.port())) {
            String name = answer(one, prepareAndRun("s", whoAmI));
            assertNotEquals("s", name);
            assertEquals(name, answer(two, prepareAndRun("t", whoAmI)));
        }
    }
}
