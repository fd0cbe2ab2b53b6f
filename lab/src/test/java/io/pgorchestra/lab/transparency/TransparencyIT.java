package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.protocol.message.BackendMessage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script reads the same through the proxy as from Postgres itself, message by message and byte by byte. */
@Timeout(120)
class TransparencyIT {

    /** The tables that scripts use; they are emptied and filled again before each run, and keep their OIDs. */
    private static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, name text)",
            "CREATE TABLE IF NOT EXISTS changing (id int, value int)",
            "CREATE TABLE IF NOT EXISTS copied (id int, name text)");

    private static final List<String> FILL = List.of(
            "TRUNCATE items, copied, changing",
            "INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 5) n",
            "INSERT INTO changing VALUES (1, 10)");

    private static final List<String> DROP_TABLES = List.of("DROP TABLE IF EXISTS items, copied, changing");

    private static final Map<String, ProxyUnderTest> PROXIES = new TreeMap<>();

    @AfterAll
    static void closeAll() throws IOException {
        PROXIES.values().forEach(ProxyUnderTest::close);
        PROXIES.clear();
        for (PostgresUnderTest postgres : PostgresUnderTest.everyMajor().toList()) {
            run(postgres, DROP_TABLES);
        }
    }

    static Stream<Arguments> conversations() throws IOException, URISyntaxException {
        List<Arguments> all = new ArrayList<>();
        for (PostgresUnderTest postgres : PostgresUnderTest.everyMajor().toList()) {
            for (Script script : Script.loadAll()) {
                for (Route route : Route.values()) {
                    if (script.routes().contains(route)
                            && script.sinceMajor() <= postgres.version().major()) {
                        all.add(Arguments.of(postgres, route, script));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @MethodSource("conversations")
    void conversation_throughTheProxy_readsAsTheDirectOne(PostgresUnderTest postgres, Route route, Script script)
            throws IOException {
        run(postgres, TABLES);
        run(postgres, FILL);
        List<String> direct = Conversation.hold(script, postgres.node().port(), Integer.MAX_VALUE, () -> {});
        run(postgres, FILL);
        List<String> proxied = through(proxy(postgres, route), route, script);

        assertEquals(List.of(), Conversation.failures(direct), "the direct conversation");
        String diff = TraceDiff.of(hidden(script, direct), hidden(script, proxied));
        assertTrue(
                diff.isEmpty(),
                () -> "%s on %s, %s mode: - direct, + through the proxy%n%s".formatted(script, postgres, route, diff));
    }

    private static List<String> through(int port, Route route, Script script) throws IOException {
        if (!route.disturbed()) {
            return Conversation.hold(script, port, route.maxWriteBytes(), () -> {});
        }
        try (Disturbers disturbers = Disturbers.start(port)) {
            return Conversation.hold(script, port, route.maxWriteBytes(), disturbers::swap);
        }
    }

    private static List<String> hidden(Script script, List<String> trace) {
        List<String> hidden = trace;
        for (Difference difference : Difference.values()) {
            if (difference.always() || script.differences().contains(difference)) {
                hidden = difference.hidden(hidden);
            }
        }
        return hidden;
    }

    private static int proxy(PostgresUnderTest postgres, Route route) {
        return PROXIES.computeIfAbsent(
                        postgres + " " + route.poolMode(),
                        missing -> ProxyUnderTest.start(
                                postgres.node().port(), "pool_mode: " + route.poolMode(), "default_pool_size: 2"))
                .port();
    }

    private static void run(PostgresUnderTest postgres, List<String> statements) throws IOException {
        try (WireClient direct = WireClient.login(postgres.node().port())) {
            for (String statement : statements) {
                List<BackendMessage> answer = direct.query(statement);
                assertEquals(List.of(), WireClient.errors(answer), statement);
            }
        }
    }
}
