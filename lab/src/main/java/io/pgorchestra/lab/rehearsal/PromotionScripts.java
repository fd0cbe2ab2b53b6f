package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.cluster.LabNode;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Scenarios in which the primary is lost, and the promotion of the next one goes wrong. */
final class PromotionScripts {

    /** Less than a failover's patience with a node that was told to be primary. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    private PromotionScripts() {}

    /** Whoever is to be the next primary stands still in the middle of it. */
    static void isSlow(Stage stage) {
        LabNode old = stage.primary();
        List<LabNode> standbys = stage.standbys();
        kill(stage, old);
        awaitPromoting(stage);
        stage.fault("freeze the others");
        standbys.forEach(LabNode::freeze);
        LockSupport.parkNanos(SLOW.toNanos());
        stage.fault("thaw the others");
        standbys.forEach(LabNode::thaw);
        stage.awaitOther(old);
    }

    /** The one with the most answers {@code pg_promote} with an error, again and again; the other one has to do. */
    static void isRefused(Stage stage) {
        LabNode old = stage.primary();
        List<LabNode> standbys = stage.standbys();
        kill(stage, old);
        LabNode first = firstChoice(standbys, stage);
        LabNode second = standbys.get(1 - standbys.indexOf(first));
        lock(stage, first);
        stage.awaitOpen(second.name());
        stage.awaitWrites();
        requireFailed(stage, first);
        Stage.require(stage.errors("57P03") > 0, "nobody was told that he had waited too long (expected: 57P03)");
        unlock(stage, first);
        stage.awaitRole(first, "standby");
        Stage.require(stage.primary() == second, stage.primary() + " is primary now (expected: " + second + ")");
    }

    /** The same where nothing may be lost: if the other one has less, nobody is promoted until the first one can be. */
    static void isRefusedWithoutLoss(Stage stage) {
        LabNode old = stage.primary();
        List<LabNode> standbys = stage.standbys();
        kill(stage, old);
        LabNode first = firstChoice(standbys, stage);
        lock(stage, first);
        Stage.await("a promotion that failed", () -> hasFailed(stage));
        requireFailed(stage, first);
        Stage.await("an error 57P03", () -> stage.errors("57P03") > 0);
        unlock(stage, first);
        stage.awaitOther(old);
    }

    /** Whoever was told stops where it stands, before its promotion or after it, and so for good. */
    static void isNeverHeardOf(Stage stage) {
        LabNode old = stage.primary();
        List<LabNode> standbys = stage.standbys();
        kill(stage, old);
        LabNode first = firstChoice(standbys, stage);
        LabNode second = standbys.get(1 - standbys.indexOf(first));
        awaitPromoting(stage);
        stage.fault("freeze " + first);
        first.freeze();
        stage.awaitOpen(second.name());
        stage.awaitWrites();
        stage.fault("thaw " + first);
        first.thaw();
        Stage.await(
                first + " is shown as what it is",
                () -> List.of("stale", "standby").contains(stage.first().role(first.name())));
        stage.awaitWrites();
        Stage.require(stage.primary() == second, stage.primary() + " is primary now (expected: " + second + ")");
    }

    // ---- steps ----

    private static void kill(Stage stage, LabNode primary) {
        stage.fault("kill " + primary);
        primary.kill();
    }

    private static void lock(Stage stage, LabNode node) {
        stage.fault("let nothing be created on the disk of " + node);
        node.lockFolder();
    }

    private static void unlock(Stage stage, LabNode node) {
        stage.fault("mend the disk of " + node);
        node.unlockFolder();
    }

    private static void awaitPromoting(Stage stage) {
        Stage.await(
                "a standby that is told to be primary",
                () -> stage.proxies().stream().anyMatch(proxy -> proxy.hasSeen("conductor_promoting")));
    }

    private static boolean hasFailed(Stage stage) {
        return stage.proxies().stream().anyMatch(proxy -> proxy.hasSeen("conductor_promotion_failed"));
    }

    private static void requireFailed(Stage stage, LabNode first) {
        Stage.require(
                stage.proxies().stream().anyMatch(proxy -> proxy.hasSeen("conductor_promotion_failed", first.name())),
                "nobody says that " + first + " could not be promoted, so nothing was shown");
    }

    /** The most advanced, when nothing comes any more; of two that are alike the one that was configured first. */
    private static LabNode firstChoice(List<LabNode> standbys, Stage stage) {
        Stage.await(
                "standbys that receive nothing any more",
                () -> standbys.stream()
                        .allMatch(node -> stage.cluster().look(node).upstream().isEmpty()));
        Comparator<LabNode> byPosition =
                Comparator.comparingLong(node -> stage.cluster().look(node).lsn());
        LabNode most = standbys.stream().max(byPosition).orElseThrow();
        return standbys.stream()
                .filter(node -> byPosition.compare(node, most) == 0)
                .findFirst()
                .orElse(most);
    }
}
