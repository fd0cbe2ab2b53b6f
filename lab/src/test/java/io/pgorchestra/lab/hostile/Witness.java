package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;

/** A well-behaved client that asks all the time, in every way a client asks, and must always get its own answer. */
final class Witness implements AutoCloseable {

    /** No other client says this. */
    static final String MARK = "witness-mark";

    private final int port;
    private final String database;

    /** Whether BEGIN and several statements may be asked. */
    private final boolean transactions;

    private final CompletableFuture<Integer> witnessing;

    /** Held while it asks. */
    private final ReentrantLock asking = new ReentrantLock(true);

    private volatile boolean over;

    private Witness(int port, String database, boolean transactions) {
        this.port = port;
        this.database = database;
        this.transactions = transactions;
        this.witnessing = CompletableFuture.supplyAsync(this::witness);
    }

    static Witness begin(int port, String database, boolean transactions) {
        return new Witness(port, database, transactions);
    }

    private int witness() {
        int asked = 0;
        try (WireClient client = WireClient.login(port, "database", database)) {
            client.send(new Parse("mine", "SELECT '" + MARK + "' || $1::text", List.of()), new Sync());
            client.receiveUntil(ReadyForQuery.class);
            while (!over) {
                asking.lock();
                try {
                    ask(client, asked);
                } finally {
                    asking.unlock();
                }
                asked++;
            }
        } catch (IOException e) {
            throw new CompletionException("the witness was hurt after " + asked + " answers", e);
        }
        return asked;
    }

    private void ask(WireClient client, int number) throws IOException {
        String expected = MARK + number;
        switch (number % (transactions ? 4 : 2)) {
            case 0 -> assertEquals(expected, client.row("SELECT '" + expected + "'"));
            case 1 -> {
                client.send(MomentOfDeath.bind("mine", String.valueOf(number)), new Execute("", 0), new Sync());
                assertEquals(expected, WireClient.firstRow(client.receiveUntil(ReadyForQuery.class)));
            }
            case 2 -> {
                client.query("BEGIN");
                assertEquals(expected, client.row("SELECT '" + expected + "'"));
                client.query("COMMIT");
            }
            default -> {
                client.send(
                        new Parse("", "SELECT '" + expected + "', current_setting('TimeZone')", List.of()),
                        MomentOfDeath.bind(""),
                        new Execute("", 0),
                        new Sync());
                List<BackendMessage> answer = client.receiveUntil(ReadyForQuery.class);
                assertEquals(expected, WireClient.firstRow(answer).split("\\|", -1)[0]);
            }
        }
    }

    /** Runs the task while the witness is at rest. */
    void pausedDuring(Check check) throws IOException {
        asking.lock();
        try {
            check.run();
        } finally {
            asking.unlock();
        }
    }

    /** What is looked at while nothing of the witness is under way. */
    interface Check {
        void run() throws IOException;
    }

    /** Fails if it has been hurt. */
    void assertUnhurt(String when) {
        if (witnessing.isDone()) {
            try {
                witnessing.join();
            } catch (CompletionException hurt) {
                throw new AssertionError(when, hurt);
            }
        }
    }

    /** Ends it, and returns how many answers it got. */
    int end() {
        over = true;
        return witnessing.join();
    }

    @Override
    public void close() {
        over = true;
    }
}
