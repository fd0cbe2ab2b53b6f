package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.patroni.PatroniOptions;
import io.pgorchestra.lab.patroni.PatroniPrograms;
import java.time.Duration;
import java.util.List;

/** The scenarios under Patroni, for machines where the packages of Debian are installed. */
final class PatroniScenarios {

    private static final Duration AT_ONCE = Duration.ofSeconds(3);
    private static final Duration SWITCHOVER = Duration.ofSeconds(15);
    private static final Duration FAILOVER = Duration.ofSeconds(40);
    private static final Duration BLIP = Duration.ofMinutes(1);
    /** Somebody has to put things right first. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private PatroniScenarios() {}

    static List<Scenario> all() {
        PatroniOptions brisk = PatroniOptions.BRISK;
        PatroniOptions slow = PatroniOptions.DEFAULT;
        return List.of(
                scenario(
                        "P1",
                        "switchover",
                        brisk,
                        Promise.failover(SWITCHOVER).losingNothing(),
                        PatroniScripts::switchOver),
                scenario(
                        "P1P",
                        "switchover between PAUSE and RESUME",
                        brisk,
                        Promise.noError(SWITCHOVER),
                        PatroniScripts::pausedSwitchOver),
                scenario(
                        "P2",
                        "Postgres of the primary killed",
                        brisk,
                        Promise.failover(FAILOVER).losingNothing(),
                        PatroniScripts::killPostgres),
                scenario(
                        "P2N",
                        "primary and its Patroni killed",
                        brisk,
                        Promise.failover(FAILOVER),
                        PatroniScripts::killNode),
                scenario(
                        "P3",
                        "frozen beside the primary",
                        brisk,
                        Promise.failover(FAILOVER),
                        PatroniScripts::freezePatroni),
                scenario(
                        "P3S",
                        "frozen, synchronous_mode",
                        brisk.withSynchronousMode(),
                        Promise.failover(FAILOVER).losingNothing(),
                        PatroniScripts::freezePatroni),
                scenario(
                        "P3D",
                        "frozen, default times",
                        slow,
                        Promise.failover(FAILOVER),
                        PatroniScripts::freezePatroni),
                scenario(
                        "P4",
                        "ZooKeeper away, shorter than a lease",
                        brisk,
                        Promise.noError(AT_ONCE),
                        PatroniScripts::shortBlip),
                scenario(
                        "P4M",
                        "ZooKeeper away for 6 s, default times",
                        slow,
                        Promise.noError(SWITCHOVER),
                        PatroniScripts::middleBlip),
                scenario(
                        "P4L",
                        "ZooKeeper away for 25 s",
                        brisk,
                        Promise.failover(BLIP).losingNothing(),
                        PatroniScripts::longBlip),
                scenario(
                        "P4F",
                        "ZooKeeper away, failsafe_mode, witness",
                        brisk.withFailsafeMode(),
                        Promise.noError(AT_ONCE),
                        PatroniScripts::longBlip),
                scenario(
                        "P5",
                        "a stale primary takes the key",
                        brisk,
                        Promise.failover(LONG),
                        PatroniScripts::staleTakesTheKey),
                scenario(
                        "P6",
                        "killed and started beside the primary",
                        brisk,
                        Promise.noError(AT_ONCE),
                        PatroniScripts::restartPatroni),
                scenario(
                        "P7",
                        "cut from ZooKeeper beside the primary",
                        brisk.withLinks(),
                        Promise.failover(FAILOVER),
                        PatroniScripts::cutFromZooKeeper),
                scenario(
                        "P8",
                        "primary killed, pre_promote takes 8 s",
                        brisk.withPrePromote(Duration.ofSeconds(8)),
                        Promise.failover(FAILOVER),
                        PatroniScripts::killNode),
                scenario(
                        "P9",
                        "killed, pre_promote fails on one node",
                        brisk.withRefusal(),
                        Promise.noError(FAILOVER),
                        PatroniScripts::refusePromotion));
    }

    private static Scenario scenario(
            String id, String title, PatroniOptions options, Promise promise, Script<PatroniStage> script) {
        return new Scenario(
                id,
                "Patroni: " + title,
                promise,
                new Scenario.Play<>((seed, progress) -> PatroniStage.set(options, progress), script),
                PatroniPrograms.find().missing());
    }
}
