package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.patroni.PatroniCluster;
import io.pgorchestra.lab.patroni.PatroniNode;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Scenarios under Patroni. */
final class PatroniScripts {

    /** To each of these comes the time in which ZooKeeper starts. */
    private static final Duration SHORT_BLIP = Duration.ofMillis(500);

    private static final Duration MIDDLE_BLIP = Duration.ofMillis(5_500);
    private static final Duration LONG_BLIP = Duration.ofSeconds(25);

    private PatroniScripts() {}

    static void switchOver(PatroniStage stage) {
        PatroniNode old = stage.primary();
        PatroniNode next = stage.others(old).get(0);
        stage.fault("switchover to " + next);
        old.rest().switchOver(old.name(), next.name());
        stage.awaitOther(old);
        stage.awaitWrites();
        stage.cluster().awaitStreaming(next);
    }

    /** Patroni starts it again where it is. */
    static void killPostgres(PatroniStage stage) {
        PatroniNode old = stage.primary();
        stage.fault("kill the Postgres of " + old);
        old.killPostgres();
        stage.awaitWrites();
    }

    static void killNode(PatroniStage stage) {
        PatroniNode old = stage.primary();
        stage.fault("kill " + old);
        old.kill();
        stage.awaitOther(old);
        stage.awaitWrites();
        stage.fault("start " + old);
        old.start();
        stage.cluster().awaitStreaming(stage.primary());
    }

    /** Its Postgres goes on taking writes from whoever asks it. */
    static void freezePatroni(PatroniStage stage) {
        PatroniNode old = stage.primary();
        stage.fault("freeze the Patroni of " + old);
        old.freezePatroni();
        stage.awaitOther(old);
        stage.awaitWrites();
        stage.awaitRole(old, "stale");
        Stage.require(PatroniCluster.isPrimary(old), old + " is no stale primary, so nothing was shown");
        stage.fault("thaw the Patroni of " + old);
        old.thawPatroni();
        stage.cluster().awaitStreaming(stage.primary());
    }

    static void shortBlip(PatroniStage stage) {
        blip(stage, SHORT_BLIP);
    }

    static void middleBlip(PatroniStage stage) {
        blip(stage, MIDDLE_BLIP);
    }

    static void longBlip(PatroniStage stage) {
        blip(stage, LONG_BLIP);
    }

    private static void blip(PatroniStage stage, Duration time) {
        stage.fault("kill zookeeper");
        stage.cluster().zooKeeper().kill();
        // The time is what the scenario is about.
        LockSupport.parkNanos(time.toNanos());
        stage.fault("start zookeeper");
        stage.cluster().zooKeeper().start();
        stage.awaitOpen(node -> true);
        stage.awaitWrites();
        stage.cluster().awaitStreaming(stage.primary());
    }
}
