package io.pgorchestra.lab.hostile;

import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Close;
import io.pgorchestra.protocol.message.FrontendMessage.CopyData;
import io.pgorchestra.protocol.message.FrontendMessage.CopyDone;
import io.pgorchestra.protocol.message.FrontendMessage.CopyFail;
import io.pgorchestra.protocol.message.FrontendMessage.Describe;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Flush;
import io.pgorchestra.protocol.message.FrontendMessage.FunctionCall;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.FrontendMessage.Terminate;
import io.pgorchestra.protocol.message.StartupPacket;
import io.pgorchestra.protocol.message.StartupPacket.CancelRequest;
import io.pgorchestra.protocol.message.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a client may rightly say, made up at random: a startup packet, and frames of one or several valid conversations. */
final class Conversations {

    /** A function of two integers that every Postgres has: int4pl. */
    private static final int INT4PL = 177;

    private final Random random;

    Conversations(Random random) {
        this.random = random;
    }

    /** The first packet of a connection. */
    byte[] first() {
        return switch (random.nextInt(12)) {
            case 0 -> WireClient.bytes(new StartupPacket.SslRequest());
            case 1 -> WireClient.bytes(new StartupPacket.GssEncRequest());
            case 2 -> WireClient.bytes(new CancelRequest(random.nextInt(1_000), new byte[4 + random.nextInt(30)]));
            case 3 -> WireClient.bytes(WireClient.startupMessage("TimeZone", zone(), "application_name", name()));
            case 4 -> WireClient.bytes(WireClient.startupMessage("options", "-c statement_timeout=5s -c work_mem=2MB"));
            case 5 -> WireClient.bytes(WireClient.startupMessage("_pq_.unknown", "1", "no_such_parameter", "x"));
            default -> WireClient.bytes(WireClient.startupMessage());
        };
    }

    /** The frames after it, one by one. */
    List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            for (FrontendMessage message : conversation()) {
                frames.add(WireClient.bytes(message));
            }
        }
        return frames;
    }

    private List<FrontendMessage> conversation() {
        return switch (random.nextInt(12)) {
            case 0 -> List.of(new Query(select()));
            case 1 ->
                List.of(
                        new Query("BEGIN"),
                        new Query(select()),
                        new Query(random.nextBoolean() ? "COMMIT" : "ROLLBACK"));
            case 2 -> List.of(new Query("SET TimeZone = '" + zone() + "'"), new Query(select()));
            case 3 -> extended("", select());
            case 4 -> extended(name(), select());
            case 5 ->
                List.of(
                        bind("", name()),
                        new Describe(Subject.PORTAL, ""),
                        new Execute("", 1),
                        new Flush(),
                        new Sync());
            case 6 ->
                List.of(new Close(Subject.STATEMENT, name()), new Describe(Subject.STATEMENT, name()), new Sync());
            case 7 -> List.of(new Query("COPY fuzzed FROM STDIN"), rows(), rows(), end());
            case 8 -> copyExtended();
            case 9 -> List.of(new Query("COPY (SELECT generate_series(1, 3000)) TO STDOUT"));
            case 10 -> List.of(new FunctionCall(INT4PL, List.of(), List.of(utf8("1"), utf8("2")), 0));
            default -> List.of(new Query(oddity()), new Query(select()), new Terminate());
        };
    }

    private List<FrontendMessage> extended(String statement, String sql) {
        return List.of(
                new Parse(statement, sql, List.of()),
                new Describe(Subject.STATEMENT, statement),
                bind("", statement),
                new Execute("", random.nextInt(3)),
                random.nextInt(4) == 0 ? new Flush() : new Sync(),
                new Sync());
    }

    private List<FrontendMessage> copyExtended() {
        return List.of(
                new Parse("", "COPY fuzzed FROM STDIN", List.of()),
                bind("", ""),
                new Execute("", 0),
                random.nextBoolean() ? new Sync() : new Flush(),
                rows(),
                end(),
                new Sync());
    }

    private FrontendMessage end() {
        return random.nextBoolean() ? new CopyDone() : new CopyFail("enough");
    }

    private static Bind bind(String portal, String statement) {
        return new Bind(portal, statement, List.of(), List.of(), List.of());
    }

    private CopyData rows() {
        return new CopyData(utf8("7\n".repeat(1 + random.nextInt(2_000))));
    }

    private String select() {
        return switch (random.nextInt(5)) {
            case 0 -> "SELECT '" + ClientFuzzIT.FUZZ_MARK + "' FROM generate_series(1, " + random.nextInt(2_000) + ")";
            case 1 -> "SELECT '" + ClientFuzzIT.FUZZ_MARK + "' FROM pg_sleep(0.02)";
            case 2 -> "SELECT repeat('" + ClientFuzzIT.FUZZ_MARK + "', " + random.nextInt(50_000) + ")";
            case 3 -> "SELECT 1/0";
            default -> "SELECT '" + ClientFuzzIT.FUZZ_MARK + "'";
        };
    }

    private String oddity() {
        return switch (random.nextInt(7)) {
            case 0 -> "";
            case 1 -> "DISCARD ALL";
            case 2 -> "DEALLOCATE ALL";
            case 3 -> "SELECT 1; SELECT 2; COPY fuzzed FROM STDIN; SELECT 3";
            case 4 -> "DO $$ BEGIN RAISE NOTICE 'noticed'; END $$";
            case 5 -> "NOTIFY fuzzed";
            default -> "SELECT pg_terminate_backend(pg_backend_pid())";
        };
    }

    private String zone() {
        return random.nextBoolean() ? "Asia/Tokyo" : "UTC";
    }

    private String name() {
        return List.of("", "a", "b", "orchestra_1", "orchestra_2", "n".repeat(300))
                .get(random.nextInt(6));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
