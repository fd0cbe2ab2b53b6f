package io.pgorchestra.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Close;
import io.pgorchestra.protocol.message.FrontendMessage.Describe;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.Subject;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AdminSessionExtendedTest {
    private final ConsoleClient client = ConsoleClient.admin();

    private static Parse parse(String sql) {
        return new Parse("", sql, List.of());
    }

    private static Bind bind(Integer... resultFormats) {
        return new Bind("", "", List.of(), List.of(), List.of(resultFormats));
    }

    private static Execute execute() {
        return new Execute("", 0);
    }

    @Test
    void sequence_ofPgjdbc_isAnswered() {
        List<String> answer =
                client.exchange(parse("SHOW VERSION"), bind(), new Describe(Subject.PORTAL, ""), execute(), new Sync());

        assertEquals(
                List.of(
                        "ParseComplete",
                        "BindComplete",
                        "columns version:25",
                        "row Orchestra 0.1.0",
                        "SHOW",
                        "ready I"),
                answer);
    }

    @Test
    void describe_ofStatement_tellsNoParametersAndTheColumns() {
        assertEquals(
                List.of("ParseComplete", "ParameterDescription", "columns list:25|items:23", "ready I"),
                client.exchange(
                        new Parse("s", "SHOW LISTS", List.of()), new Describe(Subject.STATEMENT, "s"), new Sync()));
    }

    @Test
    void describe_ofCommandWithoutRows_isNoDataAndRunsNothing() {
        assertEquals(
                List.of("ParseComplete", "BindComplete", "NoData", "ready I"),
                client.exchange(parse("RELOAD"), bind(), new Describe(Subject.PORTAL, ""), new Sync()));
        assertEquals(List.of(), client.target.commands);
    }

    @Test
    void execute_withRowLimit_suspendsAndGoesOn() {
        List<String> answer = client.exchange(
                parse("SHOW STATE"), bind(), new Execute("", 2), new Execute("", 2), new Execute("", 2), new Sync());

        assertEquals(
                List.of(
                        "ParseComplete",
                        "BindComplete",
                        "row active|yes",
                        "row paused|no",
                        "PortalSuspended",
                        "row suspended|no",
                        "SHOW",
                        "SHOW",
                        "ready I"),
                answer);
    }

    @Test
    void execute_commandTwiceInOnePortal_isRefused() {
        List<String> answer = client.exchange(parse("RELOAD"), bind(), execute(), execute(), new Sync());

        assertTrue(answer.get(3).startsWith("ERROR 55000 portal \"\" cannot be run"), answer::toString);
        assertEquals(List.of("reload"), client.target.commands);
    }

    @Test
    void error_skipsToSyncAndNoFurther() {
        List<String> answer = client.exchange(
                parse("SHOW NONSENSE"), bind(), execute(), new Query("RELOAD"), new Sync(), parse(""), new Sync());

        assertTrue(answer.get(0).startsWith("ERROR 42601"), answer::toString);
        assertEquals(List.of("ready I", "ParseComplete", "ready I"), answer.subList(1, answer.size()));
        assertEquals(List.of(), client.target.commands);
    }

    @Test
    void error_ofACommandThatWaited_skipsWhatWasPipelinedBehindIt() {
        CompletableFuture<CommandResult> reloading = new CompletableFuture<>();
        client.target.answer = reloading;
        client.exchange(parse("RELOAD"), bind(), execute(), parse("SHOW VERSION"), new Sync());

        reloading.completeExceptionally(AdminException.noSuchDatabase("x"));
        client.runLoop();

        List<String> answer = client.takeLines();
        assertEquals(2, answer.size(), answer::toString);
        assertTrue(answer.get(0).startsWith("ERROR 3D000"));
        assertEquals("ready I", answer.get(1));
    }

    @Test
    void error_inATransaction_failsItUntilRollback() {
        client.query("BEGIN");

        assertEquals(
                "ready E", client.exchange(parse("SHOW NONSENSE"), new Sync()).get(1));
        assertTrue(client.exchange(parse("SHOW VERSION"), new Sync()).get(0).startsWith("ERROR 25P02"));
        assertEquals(
                List.of("ParseComplete", "BindComplete", "ROLLBACK", "ready I"),
                client.exchange(parse("ROLLBACK"), bind(), execute(), new Sync()));
    }

    @Test
    void emptyQuery_isAnsweredAsEmpty() {
        assertEquals(
                List.of("ParseComplete", "BindComplete", "NoData", "EmptyQueryResponse", "ready I"),
                client.exchange(parse(""), bind(), new Describe(Subject.PORTAL, ""), execute(), new Sync()));
    }

    @Test
    void binaryFormat_isServedForEveryType() {
        client.session.onMessage(parse("SELECT 7, 5000000000, 'x'"));
        client.session.onMessage(bind(1));
        client.session.onMessage(execute());
        BackendMessage.DataRow row = (BackendMessage.DataRow) client.take().get(2);

        assertArrayEquals(new byte[] {0, 0, 0, 7}, row.columns().get(0));
        assertArrayEquals(
                ByteBuffer.allocate(8).putLong(5_000_000_000L).array(),
                row.columns().get(1));
        assertArrayEquals(new byte[] {'x'}, row.columns().get(2));
    }

    @Test
    void binaryNumeric_hasDigitsInBaseTenThousand() {
        assertArrayEquals(
                new byte[] {0, 2, 0, 1, 0, 0, 0, 0, 0, 12, 0x0d, (byte) 0x80},
                CellEncoder.encode(ColumnType.NUMERIC, 123_456L, CellEncoder.BINARY_FORMAT));
        assertArrayEquals(
                new byte[] {0, 0, 0, 0, 0, 0, 0, 0},
                CellEncoder.encode(ColumnType.NUMERIC, 0L, CellEncoder.BINARY_FORMAT));
    }

    @Test
    void bind_withParameters_isRefused() {
        Bind bind = new Bind("", "", List.of(), List.of(new byte[] {1}), List.of());

        assertTrue(client.exchange(parse("SHOW POOLS"), bind, new Sync())
                .get(1)
                .startsWith("ERROR 08P01 bind message supplies 1 parameters"));
    }

    @Test
    void bind_withWrongResultFormats_isRefused() {
        assertTrue(client.exchange(parse("SHOW STATE"), bind(0, 0, 0), new Sync())
                .get(1)
                .startsWith("ERROR 08P01"));
        assertTrue(
                client.exchange(parse("SHOW STATE"), bind(2), new Sync()).get(1).startsWith("ERROR 22023"));
    }

    @Test
    void parse_withPlaceholder_saysThatThereAreNone() {
        assertTrue(client.exchange(parse("PAUSE $1"), new Sync())
                .get(0)
                .startsWith("ERROR 0A000 the console's commands take no parameters"));
    }

    @Test
    void parse_ofTwoCommands_isRefused() {
        assertTrue(client.exchange(parse("RELOAD; RELOAD"), new Sync())
                .get(0)
                .startsWith("ERROR 42601 cannot insert multiple commands"));
    }

    @Test
    void names_unknownOrTaken_haveTheSqlStatesOfPostgres() {
        Parse named = new Parse("s", "SHOW STATE", List.of());
        Bind unknown = new Bind("", "nope", List.of(), List.of(), List.of());

        assertTrue(client.exchange(unknown, new Sync()).get(0).startsWith("ERROR 26000"));
        assertTrue(client.exchange(new Execute("nope", 0), new Sync()).get(0).startsWith("ERROR 34000"));
        assertTrue(client.exchange(named, named, new Sync()).get(1).startsWith("ERROR 42P05"));
    }

    @Test
    void close_ofStatement_closesItsPortals() {
        Bind bind = new Bind("p", "s", List.of(), List.of(), List.of());

        List<String> answer = client.exchange(
                new Parse("s", "SHOW STATE", List.of()),
                bind,
                new Close(Subject.STATEMENT, "s"),
                new Execute("p", 0),
                new Sync());

        assertEquals("CloseComplete", answer.get(2));
        assertTrue(answer.get(3).startsWith("ERROR 34000"), answer::toString);
    }

    @Test
    void sync_outsideATransaction_closesPortals() {
        client.exchange(parse("SHOW STATE"), bind(), new Sync());

        assertTrue(client.exchange(execute(), new Sync()).get(0).startsWith("ERROR 34000"));
    }

    @Test
    void statements_withoutEnd_areLimited() {
        for (int i = 0; i < 1_000; i++) {
            client.exchange(new Parse("s" + i, "SHOW STATE", List.of()));
        }

        assertTrue(client.exchange(new Parse("one more", "SHOW STATE", List.of()), new Sync())
                .get(0)
                .startsWith("ERROR 54000"));
        assertEquals(List.of("DEALLOCATE ALL", "ready I"), client.query("DEALLOCATE ALL"));
        assertEquals(
                List.of("ParseComplete", "ready I"),
                client.exchange(new Parse("one more", "SHOW STATE", List.of()), new Sync()));
    }

    @Test
    void copyMessages_outsideACopy_areIgnored() {
        assertEquals(
                List.of("ready I"),
                client.exchange(
                        new FrontendMessage.CopyData(new byte[] {1}), new FrontendMessage.CopyDone(), new Sync()));
    }
}
