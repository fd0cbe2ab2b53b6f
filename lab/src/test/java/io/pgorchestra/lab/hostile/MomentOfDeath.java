package io.pgorchestra.lab.hostile;

import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage.CommandComplete;
import io.pgorchestra.protocol.message.BackendMessage.CopyInResponse;
import io.pgorchestra.protocol.message.BackendMessage.CopyOutResponse;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ParseComplete;
import io.pgorchestra.protocol.message.BackendMessage.PortalSuspended;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.CopyData;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Flush;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What a client was doing when it vanished. Whatever it was, no row of it is left in the table {@code lost}. */
@SuppressWarnings("ImmutableEnumChecker") // Lambdas without state.
enum MomentOfDeath {
    AFTER_SET(client -> client.query("SET TimeZone = 'Asia/Tokyo'")),
    IN_TRANSACTION(client -> client.query("BEGIN; INSERT INTO lost VALUES (1)")),
    IN_FAILED_TRANSACTION(client -> client.query("BEGIN; SELECT 1/0")),
    IN_TRANSACTION_AFTER_SET(client -> {
        client.query("BEGIN");
        client.query("SET TimeZone = 'Asia/Tokyo'");
    }),
    IN_TRANSACTION_WITH_CURSOR(client -> {
        client.query("BEGIN");
        client.query("DECLARE ours CURSOR FOR SELECT 1");
    }),
    IN_QUERY(client -> {
        client.send(new Query("SELECT pg_sleep(60)"));
        Backends.awaitRunning("pg_sleep");
    }),
    IN_QUERY_WITHIN_TRANSACTION(client -> {
        client.query("BEGIN; INSERT INTO lost VALUES (1)");
        client.send(new Query("SELECT pg_sleep(60)"));
        Backends.awaitRunning("pg_sleep");
    }),
    IN_PIPELINE_WITH_COMMIT_BEHIND_SLEEP(client -> {
        client.query("BEGIN");
        client.send(new Query("INSERT INTO lost SELECT 1 FROM pg_sleep(60)"), new Query("COMMIT"));
        Backends.awaitRunning("pg_sleep");
    }),
    RIGHT_AFTER_SENDING_QUERY(client -> client.send(new Query("SELECT pg_sleep(60)"))),
    RIGHT_AFTER_SENDING_PIPELINE(client -> {
        client.send(new Query("BEGIN"), new Query("INSERT INTO lost VALUES (1)"), new Query("SELECT 1/0"));
        client.send(select("SELECT pg_sleep(60)"));
    }),
    RIGHT_AFTER_SENDING_COPY(client -> client.send(new Query("COPY lost FROM STDIN"), rows("1\n2\n"))),
    AFTER_HEADER(client -> client.sendBytes(new byte[] {'Q', 0, 0})),
    IN_QUERY_MESSAGE(
            client -> client.sendBytes(half(new Query("INSERT INTO lost SELECT 1 /* " + "long ".repeat(1000) + "*/")))),
    IN_LONG_QUERY_MESSAGE(client ->
            client.sendBytes(half(new Query("INSERT INTO lost SELECT 1 /* " + "long ".repeat(100_000) + "*/")))),
    IN_PARSE_MESSAGE(client -> client.sendBytes(half(new Parse("", "SELECT 1 /* " + "x".repeat(500), List.of())))),
    AFTER_PARSE_WITHOUT_SYNC(client -> {
        client.send(new Parse("", "SELECT 1", List.of()), new Flush());
        client.receiveUntil(ParseComplete.class);
    }),
    AFTER_INSERT_WITHOUT_SYNC(client -> {
        client.send(new Parse("", "INSERT INTO lost VALUES (1)", List.of()), bind(""), new Execute("", 0), new Flush());
        client.receiveUntil(CommandComplete.class);
        client.send(new Flush());
    }),
    IN_BIND_MESSAGE(client -> {
        client.send(new Parse("ours", "SELECT $1::text", List.of()), new Sync());
        client.receiveUntil(ReadyForQuery.class);
        client.sendBytes(half(bind("ours", "y".repeat(5_000))));
    }),
    IN_BIND_MESSAGE_WITHIN_TRANSACTION(client -> {
        client.query("BEGIN");
        client.send(new Parse("", "SELECT $1::text", List.of()), new Sync());
        client.receiveUntil(ReadyForQuery.class);
        client.sendBytes(half(bind("", "y".repeat(100_000))));
    }),
    IN_SUSPENDED_PORTAL(client -> {
        client.send(
                new Parse("", "SELECT generate_series(1, 1000)", List.of()), bind(""), new Execute("", 1), new Flush());
        client.receiveUntil(PortalSuspended.class);
    }),
    SKIPPING_TO_SYNC(client -> {
        client.send(new Parse("", "SELECT of nothing", List.of()), bind(""), new Flush());
        client.receiveUntil(ErrorResponse.class);
    }),
    IN_RESULT(client -> {
        client.send(new Query("SELECT repeat('x', 1000) FROM generate_series(1, 100000)"));
        client.receiveUntil(DataRow.class);
    }),
    IN_COPY_IN(client -> {
        client.send(new Query("COPY lost FROM STDIN"));
        client.receiveUntil(CopyInResponse.class);
        client.send(rows("1\n2\n3\n"));
    }),
    IN_COPY_DATA_MESSAGE(client -> {
        client.send(new Query("COPY lost FROM STDIN"));
        client.receiveUntil(CopyInResponse.class);
        client.sendBytes(half(rows("1\n".repeat(1000))));
    }),
    IN_COPY_IN_WITHIN_TRANSACTION(client -> {
        client.query("BEGIN");
        client.send(new Query("COPY lost FROM STDIN"));
        client.receiveUntil(CopyInResponse.class);
        client.send(rows("1\n2\n3\n"));
    }),
    IN_COPY_IN_OF_EXTENDED_PROTOCOL(client -> {
        client.send(select("COPY lost FROM STDIN"));
        client.receiveUntil(CopyInResponse.class);
        client.send(rows("1\n2\n3\n"));
    }),
    IN_COPY_OUT(client -> {
        client.send(new Query("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT"));
        client.receiveUntil(CopyOutResponse.class);
    });

    /** The way to such a moment. */
    private interface Way {
        void walk(WireClient client) throws IOException;
    }

    private final Way way;

    MomentOfDeath(Way way) {
        this.way = way;
    }

    /** Brings a client that has just logged in to this moment. */
    void reach(WireClient client) throws IOException {
        way.walk(client);
    }

    private static FrontendMessage[] select(String sql) {
        return new FrontendMessage[] {new Parse("", sql, List.of()), bind(""), new Execute("", 0), new Sync()};
    }

    static Bind bind(String statement, String... parameters) {
        return new Bind(
                "",
                statement,
                List.of(),
                Stream.of(parameters)
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                List.of());
    }

    private static CopyData rows(String rows) {
        return new CopyData(rows.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] half(FrontendMessage message) {
        byte[] whole = WireClient.bytes(message);
        return Arrays.copyOf(whole, whole.length / 2);
    }
}
