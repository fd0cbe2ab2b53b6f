package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.reads.ReadLoad;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Scenarios in which sessions read on standbys what they have written on the primary. */
final class ReadScripts {

    private static final int MIN_HARM_MILLIS = 200;
    private static final int MAX_HARM_MILLIS = 4_000;

    /** Of a hundred times that a standby is harmed, so often the other one is too. */
    private static final int BOTH = 30;

    /** Of a hundred times that all is mended, so often the proxies may see it before the next harm comes. */
    private static final int RECOVERED = 70;

    /** Reads before anything is broken, and after all is mended. */
    private static final long ENOUGH_READS = 1_000;

    private static final List<StandbyHarm> HARMS = List.of(StandbyHarm.values());

    private static final int PAUSES = 10;

    private static final int PROGRESS_STEPS = 10;

    private static final long TRIES = 500;

    private ReadScripts() {}

    /** Harms standbys in every way, by the seed, until sessions have read so often. */
    static Script<Stage> harmStandbys(long reads) {
        return stage -> {
            ReadLoad load = stage.reads();
            List<LabNode> standbys = stage.standbys();
            awaitReadsOnStandbys(stage);
            long begun = load.reads();
            long told = 0;
            while (load.reads() - begun < reads) {
                harm(stage, standbys, reads - (load.reads() - begun));
                long step = (load.reads() - begun) * PROGRESS_STEPS / reads;
                if (step > told) {
                    told = step;
                    stage.tell(load.reads() + " reads, " + load.readsOnStandbys() + " of them on standbys");
                }
            }
            awaitReadsOnStandbys(stage);
        };
    }

    /** As above, and until somebody has been shown less than he had written: where that is allowed, the check must see it. */
    static Script<Stage> harmStandbysUntilStale(long reads) {
        return stage -> {
            harmStandbys(reads).play(stage);
            long tries = 0;
            while (stage.reads().readsBehind() == 0) {
                Stage.require(++tries <= PAUSES, "no read was stale though all replay was paused " + PAUSES + " times");
                pauseAllReplay(stage);
            }
        };
    }

    /** Writes go on meanwhile, which no standby shows. */
    private static void pauseAllReplay(Stage stage) {
        awaitFit(stage);
        stage.standbys().forEach(standby -> StandbyHarm.PAUSE_REPLAY.befall(stage, standby));
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_HARM_MILLIS);
        Stage.await(
                "a stale read, or the end of the pause",
                () -> stage.reads().readsBehind() > 0 || System.nanoTime() - deadlineNanos > 0);
        stage.standbys().forEach(standby -> StandbyHarm.mend(stage, standby));
    }

    private static void harm(Stage stage, List<LabNode> standbys, long readsLeft) {
        SplittableRandom random = stage.random();
        LabNode one = standbys.get(random.nextInt(standbys.size()));
        any(random).befall(stage, one);
        if (random.nextInt(100) < BOTH) {
            for (LabNode other : standbys) {
                if (other != one) {
                    any(random).befall(stage, other);
                }
            }
        }
        lastFor(stage, random.nextInt(MIN_HARM_MILLIS, MAX_HARM_MILLIS), readsLeft);
        standbys.forEach(standby -> StandbyHarm.mend(stage, standby));
        if (random.nextInt(100) < RECOVERED) {
            awaitFit(stage);
        }
    }

    private static StandbyHarm any(SplittableRandom random) {
        return HARMS.get(random.nextInt(HARMS.size()));
    }

    /** Returns after that time, or when enough has been read. */
    private static void lastFor(Stage stage, int millis, long readsLeft) {
        long enough = stage.reads().reads() + readsLeft;
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        Stage.await(
                "the end of a harm",
                () -> System.nanoTime() - deadlineNanos > 0 || stage.reads().reads() >= enough);
    }

    static void awaitFit(Stage stage) {
        for (StagedProxy proxy : stage.proxies()) {
            for (LabNode standby : stage.standbys()) {
                Stage.await(
                        proxy + " reads from " + standby,
                        () -> proxy.show("NODES").stream()
                                .anyMatch(row ->
                                        standby.name().equals(row.get("name")) && "fit".equals(row.get("reads"))));
            }
        }
    }

    /** Through one proxy or the other; both could. */
    private static void awaitReadsOnStandbys(Stage stage) {
        awaitFit(stage);
        for (StagedProxy proxy : stage.proxies()) {
            Stage.await(
                    proxy + " knows the functions that sessions use",
                    () -> proxy.takesForRead("SELECT " + ReadLoad.PLACE));
        }
        long enough = stage.reads().readsOnStandbys() + ENOUGH_READS;
        Stage.await("reads on standbys", () -> stage.reads().readsOnStandbys() >= enough);
    }

    /** Reads go on at the standbys, of which one is promoted. */
    static void killPrimary(Stage stage) {
        awaitReadsOnStandbys(stage);
        LabNode old = stage.primary();
        long before = stage.reads().readsOnStandbys();
        stage.fault("kill " + old);
        old.kill();
        stage.awaitOther(old);
        stage.tell(stage.reads().readsOnStandbys() - before + " reads on standbys while there was no primary");
        stage.awaitWrites();
        long enough = stage.reads().readsOnStandbys() + ENOUGH_READS;
        Stage.await("reads on the standby that is left", () -> stage.reads().readsOnStandbys() >= enough);
    }

    /** Sessions that only read try to write all the while; the standby that serves them becomes the primary. */
    static void promoteUnderReaders(Stage stage) throws SQLException {
        awaitFit(stage);
        LabNode old = stage.primary();
        ReadOnlySessions sessions;
        try (Connection primary = old.connect()) {
            sessions = ReadOnlySessions.start(stage.proxies(), primary);
        }
        try (sessions) {
            awaitTries(sessions);
            stage.fault("kill " + old);
            old.kill();
            stage.awaitOther(old);
            awaitTries(sessions);
            try (Connection primary = stage.primary().connect()) {
                long written = sessions.end(primary);
                stage.tell(sessions.tries() + " writes tried by sessions that only read: " + sessions.refusals());
                Stage.require(written == 0, written + " of them were done");
            }
        }
    }

    private static void awaitTries(ReadOnlySessions sessions) {
        long enough = sessions.tries() + TRIES;
        Stage.await("writes tried by sessions that only read", () -> sessions.tries() >= enough);
    }
}
