package io.pgorchestra.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.SqlState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminSessionTest {
    private final ConsoleClient client = ConsoleClient.admin();

    @Test
    void welcome_afterLogin_reportsParametersKeyAndReadiness() {
        client.session.welcome(new byte[] {1, 2, 3, 4});

        List<String> lines = client.takeLines();
        assertEquals("parameter server_version=14.0 (Orchestra console)", lines.get(0));
        assertTrue(lines.contains("parameter client_encoding=UTF8"), lines::toString);
        assertTrue(lines.contains("parameter standard_conforming_strings=on"), lines::toString);
        assertEquals(List.of("BackendKeyData", "ready I"), lines.subList(lines.size() - 2, lines.size()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PAUSE                      | PAUSE       | pause
            pause app;                 | PAUSE       | pause app
            RESUME                     | RESUME      | resume
            DISABLE app                | DISABLE     | disable app
            enable "App db"            | ENABLE      | enable App db
            RECONNECT app              | RECONNECT   | reconnect app
            KILL app                   | KILL        | kill app
            KILL_CLIENT 42             | KILL_CLIENT | killClient 42
            SUSPEND                    | SUSPEND     | suspend
            RELOAD                     | RELOAD      | reload
            SHUTDOWN                   | SHUTDOWN    | shutdown IMMEDIATE
            SHUTDOWN wait_for_servers  | SHUTDOWN    | shutdown WAIT_FOR_SERVERS
            SHUTDOWN WAIT_FOR_CLIENTS; | SHUTDOWN    | shutdown WAIT_FOR_CLIENTS
            WAIT_CLOSE app             | WAIT_CLOSE  | waitClose app
            /* now */ RELOAD -- please | RELOAD      | reload
            """)
    void query_command_reachesTheProxyAndIsTagged(String sql, String tag, String command) {
        List<String> answer = client.query(sql);

        assertEquals(List.of(tag, "ready I"), answer);
        assertEquals(command, client.target.commands.get(0).strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET default_pool_size = 40",
                "set DEFAULT_POOL_SIZE=40",
                "SET default_pool_size TO '40'",
                "SET \"default_pool_size\" = 40;"
            })
    void query_setOfSetting_isTaggedAsPgBouncerDoes(String sql) {
        assertEquals(List.of("SET default_pool_size=40", "ready I"), client.query(sql));
        assertEquals(List.of("set default_pool_size=40"), client.target.commands);
    }

    @Test
    void query_setOfMisspeltSetting_namesTheRightOne() {
        assertEquals(
                List.of("ERROR 42704 unknown setting: default_pol_size / Did you mean default_pool_size?", "ready I"),
                client.query("SET default_pol_size = 40"));
    }

    @Test
    void query_setOfFixedSetting_isRefused() {
        String error = client.query("SET listen_port = 1").get(0);

        assertTrue(error.startsWith("ERROR 55P02 setting listen_port cannot be changed"), error);
        assertEquals(List.of(), client.target.commands);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SHOW POLLS         | ERROR 42601 invalid command 'SHOW POLLS', use SHOW HELP; / Did you mean SHOW POOLS?
            PUASE              | ERROR 42601 invalid command 'PUASE', use SHOW HELP; / Did you mean PAUSE?
            DISABLE            | ERROR 42601 a database is required / DISABLE <database>
            KILL_CLIENT x      | ERROR 42601 invalid client id: x / It is the column id of SHOW CLIENTS.
            PAUSE pgbouncer    | ERROR 22023 cannot pause admin db: pgbouncer / ''
            PAUSE a b          | ERROR 42601 invalid command 'PAUSE a b', use SHOW HELP; / Unexpected: b
            SHOW               | ERROR 42601 invalid command 'SHOW', use SHOW HELP; / Expected what to show.
            SHOW "po           | ERROR 42601 unterminated quoted identifier / Close it with ".
            /* SHOW POOLS      | ERROR 42601 unterminated /* comment / ''
            = 1                | ERROR 42601 invalid command '= 1', use SHOW HELP; / ''
            """)
    void query_thatCannotBeDone_saysWhyAndWhatToDo(String sql, String error) {
        List<String> answer = client.query(sql);

        assertEquals(List.of(error.replace("''", ""), "ready I"), answer);
        assertEquals(List.of(), client.target.commands);
    }

    @Test
    void query_unterminatedString_isASyntaxError() {
        assertEquals(
                List.of("ERROR 42601 unterminated quoted string / Close it with '.", "ready I"),
                client.query("SET a = 'b"));
    }

    @Test
    void query_sql_isRefusedWithAHint() {
        String error = client.query("SELECT relname FROM pg_class").get(0);

        assertTrue(error.startsWith("ERROR 0A000 the console does not run SQL / Use SHOW HELP"), error);
    }

    @Test
    void query_veryLong_isRefusedAndNotEchoed() {
        String error = client.query("SHOW " + "x".repeat(10_000_000)).get(0);
        String echoed = client.query("SHOW " + "x".repeat(60_000)).get(0);

        assertTrue(error.startsWith("ERROR 54000"), error);
        assertTrue(echoed.length() < 200, echoed);
    }

    @Test
    void query_manyCommands_isRefusedWhole() {
        String error = client.query("RELOAD;".repeat(101)).get(0);

        assertTrue(error.startsWith("ERROR 54000"), error);
        assertEquals(List.of(), client.target.commands);
    }

    @Test
    void query_severalCommands_areAnsweredInOrderUpToTheFirstError() {
        List<String> answer = client.query("SHOW VERSION; DISABLE app; PAUSE orchestra; RELOAD");

        assertEquals(
                List.of(
                        "columns version:25",
                        "row Orchestra 0.1.0",
                        "SHOW",
                        "DISABLE",
                        "ERROR 22023 cannot pause admin db: orchestra / ",
                        "ready I"),
                answer);
        assertEquals(List.of("disable app"), client.target.commands);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", " ; ;", "-- ping", "/* ping */"})
    void query_empty_isAnsweredAsEmpty(String sql) {
        assertEquals(List.of("EmptyQueryResponse", "ready I"), client.query(sql));
    }

    @Test
    void query_help_isANoticeAndNoRows() {
        assertEquals(List.of("NOTICE Console usage", "SHOW", "ready I"), client.query("SHOW HELP"));
    }

    @Test
    void query_fds_isRefused() {
        String error = client.query("SHOW FDS").get(0);

        assertTrue(error.startsWith("ERROR 0A000 SHOW FDS is not supported"), error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT 1                          | columns ?column?:23             | row 1
            SELECT 'lib/pq ping test';        | columns ?column?:25             | row lib/pq ping test
            SELECT 1 AS ok, 5000000000 big    | columns ok:23!big:20            | row 1!5000000000
            select version()                  | columns version:25              | row Orchestra 0.1.0
            SELECT current_database()         | columns current_database:25     | row pgbouncer
            SELECT pg_catalog.pg_backend_pid()| columns pg_backend_pid:23       | row 99
            SELECT current_user               | columns current_user:25         | row dba
            SELECT NULL                       | columns ?column?:25             | row NULL
            SELECT VERSION                    | columns version:25              | row Orchestra 0.1.0
            SHOW TRANSACTION ISOLATION LEVEL  | columns transaction_isolation:25| row read committed
            SHOW client_encoding              | columns client_encoding:25      | row UTF8
            SHOW application_name             | columns application_name:25     | row psql
            """)
    void query_driversProbe_isAnswered(String sql, String columns, String row) {
        List<String> answer = client.query(sql);

        assertEquals(columns.strip().replace('!', '|'), answer.get(0));
        assertEquals(row.replace('!', '|'), answer.get(1));
        assertEquals("ready I", answer.get(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET extra_float_digits = 3",
                "SET client_encoding TO 'UTF8'",
                "SET DateStyle = 'ISO'",
                "SET SESSION search_path = a, b",
                "SET TIME ZONE 'UTC'"
            })
    void query_driversSet_isAcceptedWithANotice(String sql) {
        assertEquals(List.of("NOTICE SET ignored", "SET", "ready I"), client.query(sql));
        assertEquals(List.of(), client.target.commands);
    }

    @Test
    void query_setOfApplicationName_isHonouredAndReported() {
        List<String> answer = client.query("SET application_name = 'report'");

        assertEquals(List.of("SET", "parameter application_name=report", "ready I"), answer);
        assertEquals("report", client.session.applicationName());
    }

    @Test
    void query_transaction_keepsTheStatusOfPostgres() {
        assertEquals(List.of("BEGIN", "ready T"), client.query("BEGIN READ ONLY"));
        assertEquals("ready T", last(client.query("SHOW VERSION")));
        assertEquals("ready E", last(client.query("SHOW NONSENSE")));
        assertTrue(client.query("SHOW VERSION").get(0).startsWith("ERROR 25P02"));
        assertEquals(List.of("ROLLBACK", "ready I"), client.query("COMMIT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAUSE", "SET default_pool_size = 1", "KILL_CLIENT 1", "SHUTDOWN", "SHOW FDS", "RELOAD"})
    void query_ofStatsUser_mayNotChangeTheProxy(String sql) {
        ConsoleClient stats = new ConsoleClient(AdminRole.STATS);

        String error = stats.query(sql).get(0);

        assertTrue(error.startsWith("ERROR 42501 admin access needed"), error);
        assertEquals(List.of(), stats.target.commands);
    }

    @Test
    void query_ofStatsUser_mayShow() {
        ConsoleClient stats = new ConsoleClient(AdminRole.STATS);

        assertEquals("SHOW", stats.query("SHOW POOLS").get(2));
        assertEquals(List.of("SET", "ready I"), stats.query("SET application_name = 'psql'"));
    }

    @Test
    void query_noticesOfTheProxy_comeBeforeTheTag() {
        client.target.answer =
                CompletableFuture.completedFuture(new CommandResult(List.of("listen_port needs a restart")));

        assertEquals(List.of("NOTICE listen_port needs a restart", "RELOAD", "ready I"), client.query("RELOAD"));
    }

    @Test
    void query_failureOfTheProxy_isItsSqlState() {
        client.target.answer = CompletableFuture.failedFuture(AdminException.noSuchDatabase("nope"));

        assertEquals(
                List.of("ERROR 3D000 no such database: nope / SHOW DATABASES lists them.", "ready I"),
                client.query("PAUSE nope"));
    }

    /** It was taken for done. */
    @Test
    void query_onADatabaseThatNobodyCanAskFor_isRefused() {
        for (String verb : List.of("PAUSE", "RESUME", "DISABLE", "ENABLE", "RECONNECT", "KILL", "WAIT_CLOSE")) {
            assertEquals(
                    List.of("ERROR 3D000 no such database: misspelt / SHOW DATABASES lists them.", "ready I"),
                    client.query(verb + " misspelt"));
        }
    }

    @Test
    void query_bugOfTheProxy_isAnInternalErrorAndTheSessionLives() {
        client.target.answer = CompletableFuture.failedFuture(new IllegalStateException("boom"));

        assertTrue(client.query("RELOAD").get(0).startsWith("ERROR XX000 internal error"));
        assertEquals("ready I", last(client.query("SHOW VERSION")));
    }

    @Test
    void pause_thatWaits_holdsLaterMessagesUntilItEnds() {
        CompletableFuture<CommandResult> paused = new CompletableFuture<>();
        client.target.answer = paused;

        assertEquals(List.of(), client.query("PAUSE"));
        assertEquals(List.of(), client.query("SHOW VERSION"));
        paused.complete(CommandResult.DONE);
        assertEquals(List.of(), client.takeLines(), "only on its loop");
        client.runLoop();

        assertEquals(
                List.of("PAUSE", "ready I", "columns version:25", "row Orchestra 0.1.0", "SHOW", "ready I"),
                client.takeLines());
    }

    @Test
    void cancel_ofWaitingCommand_answers57014AndIgnoresItsEnd() {
        CompletableFuture<CommandResult> paused = new CompletableFuture<>();
        client.target.answer = paused;
        client.query("PAUSE");

        client.session.cancel();

        assertEquals(List.of("ERROR 57014 canceling statement due to user request / ", "ready I"), client.takeLines());
        paused.complete(CommandResult.DONE);
        client.runLoop();
        assertEquals(List.of(), client.takeLines());
    }

    @Test
    void close_whileACommandWaits_sendsNothingMore() {
        CompletableFuture<CommandResult> paused = new CompletableFuture<>();
        client.target.answer = paused;
        client.query("PAUSE");

        client.session.close();
        paused.completeExceptionally(new AdminException(SqlState.INTERNAL_ERROR, "late"));
        client.runLoop();

        assertEquals(List.of(), client.query("SHOW VERSION"));
    }

    @Test
    void onMessage_whenOutputIsFull_waitsForIt() {
        client.writable = false;
        assertEquals(List.of(), client.query("SHOW VERSION"));

        client.writable = true;
        client.session.onWritable();

        assertEquals("ready I", last(client.takeLines()));
    }

    @Test
    void onMessage_aThousandBehindAWaitingCommand_stopsReading() {
        CompletableFuture<CommandResult> paused = new CompletableFuture<>();
        client.target.answer = paused;
        client.query("PAUSE");
        for (int i = 0; i < 1_000; i++) {
            assertTrue(client.reading);
            client.session.onMessage(new FrontendMessage.Query(""));
        }

        assertFalse(client.reading);
        paused.complete(CommandResult.DONE);
        client.runLoop();
        assertTrue(client.reading);
        assertEquals(2 + 2_000, client.takeLines().size());
    }

    @Test
    void terminate_closesTheConnection() {
        client.exchange(new FrontendMessage.Terminate());

        assertTrue(client.closed);
    }

    @Test
    void functionCall_isRefusedAndTheSessionLives() {
        List<String> answer = client.exchange(new FrontendMessage.FunctionCall(1, List.of(), List.of(), 0));

        assertEquals(List.of("ERROR 0A000 the console has no functions to call / ", "ready I"), answer);
    }

    @Test
    void onMessage_thatHasNoPlaceHere_isAProtocolViolation() {
        List<String> answer = client.exchange(new FrontendMessage.PasswordMessage("secret"));

        assertEquals(List.of("FATAL 08P01 unexpected message: PasswordMessage / "), answer);
        assertTrue(client.closed);
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }
}
