package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Link;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Scenarios in which something happens to the primary. */
final class PrimaryScripts {

    private static final int FLAPS = 4;
    private static final long LONG_SECONDS = 120;

    private PrimaryScripts() {}

    static void kill(Stage stage) {
        LabNode old = stage.primary();
        stage.fault("kill " + old);
        old.kill();
        stage.awaitOther(old);
    }

    /** It lives on, and nobody of the cluster reaches it. */
    static void cutOff(Stage stage) {
        LabNode old = stage.primary();
        List<Link> links = stage.cluster().network().linksOf(old.name());
        stage.fault("cut " + old + " off");
        links.forEach(Link::cut);
        stage.awaitOther(old);
        stage.awaitWrites();
        stage.fault("heal " + old);
        links.forEach(Link::heal);
        stage.awaitRole(old, "stale");
    }

    static void freeze(Stage stage) {
        LabNode old = stage.primary();
        stage.fault("freeze " + old);
        old.freeze();
        stage.awaitOther(old);
        stage.awaitWrites();
        stage.fault("thaw " + old);
        old.thaw();
        stage.awaitRole(old, "stale");
    }

    static void switchOver(Stage stage) {
        LabNode old = stage.primary();
        stage.fault("switchover");
        stage.switchOver();
        stage.awaitOther(old);
    }

    static void switchOverUnderLongTransaction(Stage stage) throws SQLException {
        LabNode old = stage.primary();
        try (Connection connection = stage.first().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            CompletableFuture<String> sleeping =
                    stateOf(() -> statement.execute("SELECT pg_sleep(" + LONG_SECONDS + ")"));
            Stage.await(
                    "a transaction that sleeps on " + old,
                    () -> old.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                            .equals("1"));
            stage.fault("switchover under a long transaction");
            stage.switchOver();
            String state = await(sleeping);
            Stage.require(state.equals("40001"), "the long transaction ended with \"" + state + "\" (expected: 40001)");
            connection.rollback();
            statement.execute("SELECT 1");
        }
        stage.awaitOther(old);
    }

    /** A second switchover begins as soon as the first is through. */
    static void flap(Stage stage) {
        for (int i = 0; i < FLAPS; i++) {
            long epoch = stage.first().epoch();
            switchOver(stage);
            for (StagedProxy proxy : stage.proxies()) {
                Stage.require(
                        proxy.epoch() > epoch,
                        proxy + " is in epoch " + proxy.epoch() + " (expected: more than " + epoch + ")");
            }
            stage.awaitWrites();
        }
    }

    /** An old primary comes back as what it was. */
    static void comesBack(Stage stage) {
        LabNode old = stage.primary();
        kill(stage);
        stage.awaitWrites();
        stage.fault("start " + old + " as it was");
        old.start();
        stage.requireAlarm(old);
    }

    static void promoteASecond(Stage stage) {
        LabNode primary = stage.primary();
        LabNode second = stage.standbys().get(0);
        stage.fault("promote " + second + " by hand");
        second.promote();
        stage.requireAlarm(second);
        stage.awaitWrites();
        Stage.require(stage.primary() == primary, stage.primary() + " is primary now (expected: " + primary + ")");
    }

    /** Standbys that do not answer cannot be promoted. */
    static void nobodyLeft(Stage stage) {
        LabNode old = stage.primary();
        List<LabNode> standbys = stage.standbys();
        stage.fault("kill " + old + ", freeze the others");
        standbys.forEach(LabNode::freeze);
        old.kill();
        Stage.await("an error 57P03", () -> stage.errors("57P03") > 0);
        stage.fault("thaw the others");
        standbys.forEach(LabNode::thaw);
        stage.awaitOther(old);
    }

    /** Something that may end with an SQLSTATE. */
    interface Task {
        void run() throws SQLException;
    }

    /** The SQLSTATE with which a task ends; empty if it succeeds. */
    static CompletableFuture<String> stateOf(Task task) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                task.run();
                return "";
            } catch (SQLException e) {
                return String.valueOf(e.getSQLState());
            }
        });
    }

    static String await(CompletableFuture<String> state) {
        try {
            return state.get(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new LabException("a client waits for more than " + Stage.PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new LabException("a client failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
