package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.link.Link;
import io.pgorchestra.lab.patroni.PatroniCluster;
import io.pgorchestra.lab.patroni.PatroniNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

    /** What an operator does who wants no error at all. */
    static void pausedSwitchOver(PatroniStage stage) {
        PatroniNode old = stage.primary();
        PatroniNode next = stage.others(old).get(0);
        stage.fault("pause, switchover to " + next + ", resume");
        stage.proxies().forEach(proxy -> proxy.command("PAUSE"));
        old.rest().switchOver(old.name(), next.name());
        stage.awaitOther(old);
        stage.proxies().forEach(proxy -> proxy.command("RESUME"));
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

    /**
     * The first that gets the key fails its {@code pre_promote}, and gives the key back. Patroni promotes nobody who has less than another that
     * it reaches, so both standbys have the same here.
     */
    static void refusePromotion(PatroniStage stage) {
        PatroniNode old = stage.primary();
        stage.fault("pause, kill " + old);
        stage.proxies().forEach(proxy -> proxy.command("PAUSE"));
        List<PatroniNode> standbys = stage.others(old);
        PatroniStage.await(
                "standbys with all that was written",
                () -> standbys.stream()
                        .allMatch(node -> node.ask("SELECT pg_last_wal_replay_lsn()")
                                .equals(old.ask("SELECT pg_current_wal_lsn()"))));
        old.kill();
        stage.proxies().forEach(proxy -> proxy.command("RESUME"));
        PatroniStage.await("a pre_promote that fails", () -> stage.cluster().refuser() != null);
        PatroniNode refuser = Objects.requireNonNull(stage.cluster().refuser());
        stage.fault(refuser + " fails its pre_promote");
        stage.awaitOther(old);
        Stage.require(stage.primary() != refuser, refuser + " is primary, so nothing was shown");
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

    /** Patroni stops the primary before its key has run out. */
    static void cutFromZooKeeper(PatroniStage stage) {
        PatroniNode old = stage.primary();
        Link link = stage.cluster().linkToZooKeeper(old);
        stage.fault("cut the Patroni of " + old + " from zookeeper");
        link.cut();
        stage.awaitOther(old);
        stage.awaitWrites();
        stage.fault("heal it");
        link.heal();
        stage.cluster().awaitStreaming(stage.primary());
    }

    /** A Patroni that is killed leaves Postgres running; the next one makes the leader's key anew. */
    static void restartPatroni(PatroniStage stage) {
        PatroniNode primary = stage.primary();
        long epoch = stage.first().epoch();
        stage.fault("kill the Patroni of " + primary);
        primary.killPatroni();
        stage.fault("start the Patroni of " + primary);
        primary.start();
        PatroniStage.await(
                "a new epoch of " + primary,
                () -> stage.proxies().stream()
                        .allMatch(proxy ->
                                proxy.epoch() > epoch && proxy.primary().equals(primary.name())));
    }

    /** Patroni before 3.1.0 lets a stale primary take the leader's key if nobody holds it, whatever it lacks. */
    static void staleTakesTheKey(PatroniStage stage) {
        PatroniNode stale = stage.primary();
        stage.fault("freeze the Patroni of " + stale);
        stale.freezePatroni();
        stage.awaitOther(stale);
        stage.awaitWrites();
        PatroniNode next = stage.primary();
        PatroniNode third = stage.others(stale).stream()
                .filter(node -> node != next)
                .findFirst()
                .orElseThrow();
        PatroniStage.await(
                third + " streams from " + next,
                () -> next.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                        .equals("1"));
        stage.fault("kill " + next + ", freeze the Patroni of " + third);
        third.freezePatroni();
        next.kill();
        stage.proxies().forEach(proxy -> PatroniStage.awaitState(proxy, "waiting"));
        stage.fault("thaw the Patroni of " + stale);
        stale.thawPatroni();
        stage.proxies().forEach(PatroniScripts::awaitRefusal);
        StagedProxy late = stage.startLateProxy("px3");
        awaitRefusal(late);
        stage.fault("kill " + stale + ", thaw the Patroni of " + third);
        stale.kill();
        third.thawPatroni();
        stage.awaitOther(stale);
        PatroniStage.await("writes through " + late, () -> late.primary().equals(third.name()));
    }

    private static void awaitRefusal(StagedProxy proxy) {
        PatroniStage.await(proxy + " refuses a primary for its timeline", () -> proxy.hasSeen("primary_refused"));
        Stage.require(proxy.primary().isEmpty(), proxy + " sends writes to a stale primary: " + proxy.cluster());
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
