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
    private static final Duration BLIP = Duration.ofSeconds(60);

    private PatroniScenarios() {}

    static List<Scenario> all() {
        String missing = PatroniPrograms.find().missing();
        PatroniOptions brisk = PatroniOptions.BRISK;
        return List.of(
                scenario(
                        "P1",
                        "switchover",
                        brisk,
                        Promise.failover(SWITCHOVER).losingNothing(),
                        PatroniScripts::switchOver,
                        missing),
                scenario(
                        "P2",
                        "Postgres of the primary killed",
                        brisk,
                        Promise.failover(FAILOVER).losingNothing(),
                        PatroniScripts::killPostgres,
                        missing),
                scenario(
                        "P2N",
                        "primary and its Patroni killed",
                        brisk,
                        Promise.failover(FAILOVER),
                        PatroniScripts::killNode,
                        missing),
                scenario(
                        "P3",
                        "Patroni of the primary frozen",
                        brisk,
                        Promise.failover(FAILOVER),
                        PatroniScripts::freezePatroni,
                        missing),
                scenario(
                        "P3S",
                        "the same in synchronous_mode",
                        brisk.withSynchronousMode(),
                        Promise.failover(FAILOVER).losingNothing(),
                        PatroniScripts::freezePatroni,
                        missing),
                scenario(
                        "P4",
                        "ZooKeeper away, shorter than a lease",
                        brisk,
                        Promise.noError(AT_ONCE),
                        PatroniScripts::shortBlip,
                        missing),
                scenario(
                        "P4M",
                        "longer than a lease, ttl 30",
                        PatroniOptions.DEFAULT,
                        Promise.noError(SWITCHOVER),
                        PatroniScripts::middleBlip,
                        missing),
                scenario(
                        "P4L",
                        "for 25 s",
                        brisk,
                        Promise.failover(BLIP).losingNothing(),
                        PatroniScripts::longBlip,
                        missing));
    }

    private static Scenario scenario(
            String id,
            String title,
            PatroniOptions options,
            Promise promise,
            Script<PatroniStage> script,
            String missing) {
        return new Scenario(
                id,
                "patroni: " + title,
                promise,
                new Scenario.Play<>(progress -> PatroniStage.set(options, progress), script),
                missing);
    }
}
