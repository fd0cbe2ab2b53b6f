package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.reads.ReadCheck;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All scenarios. Their numbers are those of the plan that lists what a failover tool can meet; not all of that can be played here. */
final class Scenarios {

    private static final Duration FAILOVER = Duration.ofSeconds(20);
    private static final Duration SWITCHOVER = Duration.ofSeconds(10);
    /** The process that is gone must have been forgotten by ZooKeeper first. */
    private static final Duration FAILOVER_AFTER_A_SESSION = Duration.ofSeconds(30);

    private static final Setting PLAIN = Setting.PLAIN;

    private static final String READS = """
            reads: auto
            consistency: %s
            """;

    /** {@code max_standby_lag}, and as long again for a look that hangs on a busy machine. */
    private static final Duration MAX_STALE = Duration.ofSeconds(20);

    /** Of the reads, in percent: standbys are harmed most of the time, and whoever has just written reads on the primary. */
    private static final int STANDBY_SHARE = 10;

    private static final List<Scenario> OURS = List.of(
            Scenario.of("S1", "primary killed", PLAIN, Promise.failover(FAILOVER), PrimaryScripts::kill),
            Scenario.of(
                    "S1S",
                    "primary killed, synchronous: quorum",
                    PLAIN.synchronous("quorum"),
                    Promise.failover(FAILOVER).losingNothing(),
                    SynchronousScripts::kill),
            Scenario.of(
                    "S2",
                    "primary cut off, healed later",
                    PLAIN.withLinks(),
                    Promise.failover(FAILOVER),
                    PrimaryScripts::cutOff),
            Scenario.of("S3", "switchover", PLAIN, Promise.noError(SWITCHOVER), PrimaryScripts::switchOver),
            Scenario.of(
                    "S3S",
                    "switchover, synchronous: on",
                    PLAIN.synchronous("on"),
                    Promise.noError(SWITCHOVER),
                    SynchronousScripts::switchOver),
            Scenario.of(
                    "S4",
                    "switchover under a long transaction",
                    PLAIN,
                    Promise.noError(FAILOVER),
                    PrimaryScripts::switchOverUnderLongTransaction),
            Scenario.of(
                    "S6", "primary frozen, thawed later", PLAIN, Promise.failover(FAILOVER), PrimaryScripts::freeze),
            Scenario.of(
                            "S9",
                            "one proxy sees the old primary only",
                            PLAIN.withOwnLinks(),
                            Promise.failover(FAILOVER_AFTER_A_SESSION),
                            PartitionScripts::wholly)
                    .unless(OwnLinks.obstacle()),
            Scenario.of(
                            "S9S",
                            "the same, synchronous: quorum",
                            PLAIN.withOwnLinks().synchronous("quorum"),
                            Promise.failover(FAILOVER_AFTER_A_SESSION).losingNothing(),
                            SynchronousScripts::partition)
                    .unless(OwnLinks.obstacle()),
            Scenario.of(
                            "S10",
                            "the same, only answers are lost",
                            PLAIN.withOwnLinks(),
                            Promise.failover(FAILOVER_AFTER_A_SESSION),
                            PartitionScripts::oneWay)
                    .unless(OwnLinks.obstacle()),
            Scenario.of(
                    "S11",
                    "one proxy cut from ZooKeeper",
                    PLAIN,
                    Promise.noError(SWITCHOVER),
                    AuthorityScripts::oneProxyIsCut),
            Scenario.of("S12", "ZooKeeper stopped", PLAIN, Promise.noError(FAILOVER), AuthorityScripts::zooKeeperGoes),
            Scenario.of(
                    "S14",
                    "failover while one proxy is cut from ZooKeeper",
                    PLAIN,
                    Promise.failover(FAILOVER_AFTER_A_SESSION),
                    AuthorityScripts::failoverBehindItsBack),
            Scenario.of(
                    "S18",
                    "promoted standby stands still for a while",
                    PLAIN,
                    Promise.failover(FAILOVER_AFTER_A_SESSION),
                    PromotionScripts::isSlow),
            Scenario.of(
                    "S19",
                    "first choice refuses to be promoted",
                    PLAIN.holding(Duration.ofSeconds(3)),
                    Promise.failover(FAILOVER).allowing("40001", "08007", "57P03"),
                    PromotionScripts::isRefused),
            Scenario.of(
                    "S19S",
                    "first choice refuses, synchronous: quorum",
                    PLAIN.synchronous("quorum").holding(Duration.ofSeconds(3)),
                    Promise.failover(FAILOVER)
                            .allowing("40001", "08007", "57P03")
                            .losingNothing(),
                    SynchronousScripts::promotionIsRefused),
            Scenario.of(
                    "S19F",
                    "first choice freezes for good when it is told",
                    PLAIN,
                    Promise.failover(FAILOVER_AFTER_A_SESSION),
                    PromotionScripts::isNeverHeardOf),
            Scenario.of(
                    "S20",
                    "no node may take over",
                    PLAIN.holding(Duration.ofSeconds(3)),
                    Promise.failover(FAILOVER).allowing("40001", "08007", "57P03"),
                    PrimaryScripts::nobodyLeft),
            Scenario.of(
                    "S21",
                    "second primary promoted by hand",
                    PLAIN,
                    Promise.noError(SWITCHOVER),
                    PrimaryScripts::promoteASecond),
            Scenario.of(
                    "S23",
                    "old primary comes back as it was",
                    PLAIN,
                    Promise.failover(FAILOVER),
                    PrimaryScripts::comesBack),
            Scenario.of(
                    "S32",
                    "one proxy frozen over a failover",
                    PLAIN.withSecondApart(),
                    Promise.failover(FAILOVER_AFTER_A_SESSION),
                    ProxyScripts::frozenOverFailover),
            Scenario.of(
                    "S32S",
                    "one proxy frozen over a failover, synchronous: on",
                    PLAIN.withSecondApart().synchronous("on"),
                    Promise.failover(FAILOVER_AFTER_A_SESSION).losingNothing(),
                    SynchronousScripts::proxyFrozenOverFailover),
            Scenario.of(
                    "S33",
                    "one proxy killed over a failover",
                    PLAIN.withSecondApart(),
                    Promise.failover(FAILOVER_AFTER_A_SESSION)
                            .allowing("40001", "08007", "08006", "08001")
                            .losingConnections(Integer.MAX_VALUE),
                    ProxyScripts::killedOverFailover),
            Scenario.of(
                    "S34",
                    "commits in flight, synchronous: on",
                    PLAIN.synchronous("on"),
                    Promise.failover(FAILOVER).losingNothing(),
                    SynchronousScripts::commitsInFlight),
            Scenario.of(
                    "S35",
                    "commit cancelled while it waits, synchronous: on",
                    PLAIN.synchronous("on"),
                    Promise.noError(SWITCHOVER),
                    SynchronousScripts::cancelledWhileItWaits),
            Scenario.of("S40", "switchovers in a row", PLAIN, Promise.noError(SWITCHOVER), PrimaryScripts::flap),
            Scenario.of(
                    "S41",
                    "2000 clients wait for a failover",
                    PLAIN,
                    Promise.failover(FAILOVER),
                    ProxyScripts::manyWait),
            Scenario.of(
                    "S36",
                    "standby promoted under sessions that only read",
                    PLAIN,
                    Promise.failover(FAILOVER),
                    ReadScripts::promoteUnderReaders),
            sessionReads(200_000),
            eventualReads(60_000),
            Scenario.of(
                    "R3",
                    "primary killed, reads on standbys",
                    PLAIN.reading(READS.formatted("session")),
                    Promise.failover(FAILOVER)
                            .reading(ReadCheck.Expected.nothingStale(STANDBY_SHARE)
                                    .allowing("READ 40001", "READ_IN_TRANSACTION 40001", "WRITE 40001", "WRITE 08007")),
                    ReadScripts::killPrimary));

    private static final List<Scenario> ALL =
            Stream.concat(OURS.stream(), PatroniScenarios.all().stream()).toList();

    private Scenarios() {}

    /** R1, over so many reads. */
    static Scenario sessionReads(long reads) {
        return Scenario.of(
                "R1",
                "standbys harmed, consistency: session",
                PLAIN.withoutConductor().withLinks().reading(READS.formatted("session")),
                Promise.noError(SWITCHOVER)
                        .reading(ReadCheck.Expected.nothingStale(STANDBY_SHARE).allowing("READ_IN_TRANSACTION 40001")),
                ReadScripts.harmStandbys(reads));
    }

    /** R2, over so many reads. */
    static Scenario eventualReads(long reads) {
        return Scenario.of(
                "R2",
                "standbys harmed, consistency: eventual",
                PLAIN.withoutConductor().withLinks().reading(READS.formatted("eventual")),
                Promise.noError(SWITCHOVER)
                        .reading(ReadCheck.Expected.someStale(MAX_STALE, STANDBY_SHARE)
                                .allowing("READ_IN_TRANSACTION 40001")),
                ReadScripts.harmStandbysUntilStale(reads));
    }

    static List<Scenario> all() {
        return ALL;
    }

    /** Those with these ids, in the order of the plan. */
    static List<Scenario> of(List<String> ids) {
        List<String> wanted =
                ids.stream().map(id -> id.trim().toUpperCase(Locale.ROOT)).toList();
        List<String> known = ALL.stream().map(Scenario::id).toList();
        for (String id : wanted) {
            if (!known.contains(id)) {
                throw new LabException("No scenario \"" + id + "\"; there are " + known + ".");
            }
        }
        return ALL.stream().filter(scenario -> wanted.contains(scenario.id())).toList();
    }
}
