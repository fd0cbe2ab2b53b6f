package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.cluster.LabNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Scenarios in which commits wait for standbys. */
final class SynchronousScripts {

    private static final String WAITING = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    private static final int CANCEL_SECONDS = 1;

    private SynchronousScripts() {}

    private static void awaitSynchronous(Stage stage) {
        LabNode primary = stage.primary();
        Stage.await(
                "commits that wait for a standby",
                () -> stage.proxies().stream().anyMatch(proxy -> proxy.hasSeen("conductor_synchronous"))
                        && primary.ask(
                                        "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')")
                                .equals("t"));
    }

    static void kill(Stage stage) {
        awaitSynchronous(stage);
        stage.awaitWrites();
        PrimaryScripts.kill(stage);
    }

    static void partition(Stage stage) {
        awaitSynchronous(stage);
        stage.awaitWrites();
        PartitionScripts.wholly(stage);
    }

    static void promotionIsRefused(Stage stage) {
        awaitSynchronous(stage);
        stage.awaitWrites();
        PromotionScripts.isRefusedWithoutLoss(stage);
    }

    static void switchOver(Stage stage) {
        awaitSynchronous(stage);
        stage.awaitWrites();
        PrimaryScripts.switchOver(stage);
    }

    static void proxyFrozenOverFailover(Stage stage) {
        awaitSynchronous(stage);
        stage.awaitWrites();
        ProxyScripts.frozenOverFailover(stage);
    }

    /** No standby has them when their primary dies. */
    static void commitsInFlight(Stage stage) {
        awaitSynchronous(stage);
        stage.awaitWrites();
        LabNode old = stage.primary();
        List<LabNode> standbys = stage.standbys();
        stage.fault("freeze the standbys");
        standbys.forEach(LabNode::freeze);
        Stage.await("commits that wait for a standby", () -> old.ask(WAITING).equals("t"));
        stage.fault("kill " + old + " with commits in flight");
        old.kill();
        stage.fault("thaw the standbys");
        standbys.forEach(LabNode::thaw);
        stage.awaitOther(old);
        Stage.require(stage.errors("08007") > 0, "no commit was in flight: no 08007");
    }

    static void cancelledWhileItWaits(Stage stage) throws SQLException {
        awaitSynchronous(stage);
        LabNode primary = stage.primary();
        primary.ask("CREATE TABLE cancelled (id int)");
        List<LabNode> standbys = stage.standbys();
        try (Connection connection = stage.first().connect();
                Statement statement = connection.createStatement()) {
            stage.fault("freeze the standbys");
            standbys.forEach(LabNode::freeze);
            statement.setQueryTimeout(CANCEL_SECONDS);
            CompletableFuture<String> cancelled =
                    PrimaryScripts.stateOf(() -> statement.execute("INSERT INTO cancelled VALUES (1)"));
            String state = PrimaryScripts.await(cancelled);
            stage.fault("thaw the standbys");
            standbys.forEach(LabNode::thaw);
            Stage.require(
                    state.equals("08007"),
                    "the commit that was cancelled ended with \"" + state + "\" (expected: 08007)");
        }
    }
}
