package io.pgorchestra.discovery.conductor;

import static io.pgorchestra.discovery.conductor.Nodes.primary;
import static io.pgorchestra.discovery.conductor.Nodes.serving;
import static io.pgorchestra.discovery.conductor.Nodes.standby;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.conductor.Synchronous.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SynchronousTest {

    private static final long LATER = Duration.ofSeconds(5).toNanos();

    private static Synchronous of(SynchronousMode mode, int count) {
        return new Synchronous(ConductorSettings.DEFAULT.withSynchronous(mode, count));
    }

    private static List<NodeObservation> all(long b, long c) {
        return List.of(primary("a", 3, 100), standby("b", 3, b), standby("c", 3, c));
    }

    @Test
    void on_choosesTheMostAdvanced_andStaysWithIt() {
        Synchronous it = of(SynchronousMode.ON, 1);
        assertEquals(new Rule(List.of("c"), 1), it.wanted(serving(List.of(), 0), all(90, 95), 0));
        assertEquals(new Rule(List.of("c"), 1), it.wanted(serving(List.of("c"), 1), all(99, 95), 1));
    }

    @Test
    void on_leavesOutOneThatHasNotStreamedForLong() {
        Synchronous it = of(SynchronousMode.ON, 1);
        PrimaryRecord record = serving(List.of("c"), 1);
        it.wanted(record, all(90, 95), 0);
        List<NodeObservation> without = List.of(primary("a", 3, 100), standby("b", 3, 90));
        assertEquals(new Rule(List.of("c"), 1), it.wanted(record, without, LATER / 2));
        assertEquals(new Rule(List.of("b"), 1), it.wanted(record, without, LATER));
    }

    @Test
    void nobodyStreams_everythingStays() {
        assertNull(of(SynchronousMode.QUORUM, 1).wanted(serving(List.of("b"), 1), List.of(primary("a", 3, 9)), LATER));
    }

    @Test
    void quorum_takesAllThatStream() {
        assertEquals(
                new Rule(List.of("c", "b"), 2),
                of(SynchronousMode.QUORUM, 2).wanted(serving(List.of(), 0), all(90, 95), 0));
    }

    @Test
    void between_trustsBoth_andPromisesTheLess() {
        PrimaryRecord between =
                of(SynchronousMode.QUORUM, 2).between(serving(List.of("a"), 1), new Rule(List.of("b", "c"), 2));
        assertEquals(List.of("a", "b", "c"), between.synchronous());
        assertEquals(1, between.quorum());
    }

    @Test
    void caughtUp_whenEnoughHaveWhatThePrimaryHadWhenItWasTold() {
        Synchronous it = of(SynchronousMode.ON, 1);
        PrimaryRecord record = serving(List.of("b", "c"), 1);
        Rule wanted = new Rule(List.of("c"), 1);
        assertFalse(it.hasCaughtUp(record, wanted, all(100, 100)));
        it.applied(record, wanted, 100);
        assertFalse(it.hasCaughtUp(record, wanted, all(100, 99)));
        assertTrue(it.hasCaughtUp(record, wanted, all(0, 100)));
    }

    /** Whatever the record says at any time must be true of what the primary waits for at that time. */
    @Test
    void everyStepKeepsThePromise() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            Rule old = random(random);
            Rule wanted = random(random);
            PrimaryRecord before = serving(old.names(), old.quorum());
            PrimaryRecord between = of(SynchronousMode.QUORUM, 2).between(before, wanted);
            assertTrue(holds(between, old), () -> between + " while the primary still waits for " + old);
            assertTrue(holds(between, wanted), () -> between + " while the primary waits for " + wanted);
            assertTrue(holds(before.promising(wanted.names(), wanted.quorum()), wanted));
        }
    }

    private static Rule random(SplittableRandom random) {
        List<String> names = new ArrayList<>(List.of("b", "c", "d", "e"));
        names.removeIf(name -> random.nextBoolean());
        return new Rule(names, names.isEmpty() ? 0 : 1 + random.nextInt(names.size()));
    }

    /** Any choice of nodes that the primary may be content with has enough in common with those that the record trusts. */
    private static boolean holds(PrimaryRecord record, Rule primary) {
        long strangers = primary.names().stream()
                .filter(name -> !record.synchronous().contains(name))
                .count();
        return primary.quorum() - strangers >= record.quorum();
    }
}
