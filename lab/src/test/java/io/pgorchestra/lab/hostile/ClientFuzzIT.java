package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Valid conversations, harmed at random, from clients that hang up at random, while a witness in the same pool asks and must always get
 * its own answers. Time and seed: {@link FuzzTime}, shared by all modes.
 */
@Timeout(3600)
class ClientFuzzIT {

    /** What a fuzzing client asks to be told. */
    static final String FUZZ_MARK = "fuzzing";

    private static final int MODES = 4;

    /** Cases between two looks at whether everything has come to rest. */
    private static final int CASES_PER_LOOK = 20;

    @BeforeAll
    static void makeTable() throws IOException {
        try (WireClient direct = WireClient.login(Backends.nodePort())) {
            direct.query("CREATE TABLE fuzzed (n int)");
        }
    }

    @AfterAll
    static void dropTable() throws IOException {
        Backends.awaitNobodyBusy();
        try (WireClient direct = WireClient.login(Backends.nodePort())) {
            direct.query("DROP TABLE fuzzed");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pool_mode: transaction",
                "pool_mode: transaction\nmax_prepared_statements: 2",
                "pool_mode: session",
                "pool_mode: statement"
            })
    void harmedConversations_neverTouchTheWitness(String settings) throws IOException {
        FuzzTime time = new FuzzTime(MODES);
        try (BugWatch bugs = BugWatch.begin();
                ProxyUnderTest proxy = ProxyUnderTest.start(
                        Backends.nodePort(),
                        settings,
                        "default_pool_size: 2",
                        "client_login_timeout: 5s",
                        "query_wait_timeout: 10s",
                        "cancel_wait_timeout: 2s");
                Console console = Console.of(proxy);
                Witness witness = Witness.begin(
                        proxy.port(), WireClient.DATABASE, settings.startsWith("pool_mode: transaction"))) {
            while (time.left()) {
                long seed = time.nextSeed();
                String replay = "-Dseed=" + seed + " with " + settings;
                fuzz(proxy.port(), seed, replay);
                try (WireClient fresh = WireClient.login(proxy.port())) {
                    assertEquals("fresh" + seed, fresh.row("SELECT 'fresh" + seed + "'"), replay);
                } catch (IOException e) {
                    throw new AssertionError("no service for a fresh client after " + replay, e);
                }
                bugs.assertSilent(replay);
                witness.assertUnhurt(replay);
                if (time.cases() % CASES_PER_LOOK == 0) {
                    awaitRest(console, witness);
                }
            }
            awaitRest(console, witness);
            bugs.assertNothingLost("after " + time);
            System.out.println("client fuzz: " + settings.replace('\n', ' ') + ": " + time + ", witness answered "
                    + witness.end() + " times");
        }
    }

    /** Nothing waits, and no server is held but the witness's own in session mode. */
    private static void awaitRest(Console console, Witness witness) throws IOException {
        witness.pausedDuring(() -> {
            console.awaitPool("cl_waiting", "0");
            String held = console.pool().get("pool_mode").equals("session") ? "1" : "0";
            console.awaitPool("sv_active", held);
            console.awaitPool("cl_active", "1");
        });
    }

    private static void fuzz(int port, long seed, String replay) throws IOException {
        Random random = new Random(seed);
        Conversations conversations = new Conversations(random);
        Mutations mutations = new Mutations(random);
        List<byte[]> frames = conversations.frames();
        List<byte[]> strangers = conversations.frames();
        boolean loginHarmed = random.nextInt(4) == 0;
        try (WireClient client = loginHarmed ? WireClient.open(port) : WireClient.login(port)) {
            if (loginHarmed) {
                frames.add(0, conversations.first());
            }
            mutations.harm(frames, strangers);
            String seen = converse(client, mutations.pieces(frames), random);
            assertFalse(seen.contains(Witness.MARK), "another's row, " + replay);
        }
    }

    /** Writes the pieces, reading between them now and then, and ends in one of many ways. Returns all that was read. */
    private static String converse(WireClient client, List<byte[]> pieces, Random random) throws IOException {
        StringBuilder seen = new StringBuilder();
        client.readTimeoutMillis(1);
        try {
            boolean reads = random.nextInt(4) > 0;
            for (byte[] piece : pieces) {
                client.sendBytes(piece);
                if (reads && random.nextInt(pieces.size()) < 4) {
                    seen.append(new String(client.readRaw(), StandardCharsets.ISO_8859_1));
                }
            }
            end(client, random, seen);
        } catch (IOException closedByTheProxy) {
            // As is its right.
        }
        return seen.toString();
    }

    private static void end(WireClient client, Random random, StringBuilder seen) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> client.reset();
            case 1 -> client.hangUp();
            case 2 -> client.finishSending();
            default -> {
                client.readTimeoutMillis(30);
                byte[] read = client.readRaw();
                while (read.length > 0) {
                    seen.append(new String(read, StandardCharsets.ISO_8859_1));
                    read = client.readRaw();
                }
            }
        }
    }
}
