package io.pgorchestra.discovery.fencing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.DataPlane;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.discovery.View;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fence with everything around it in the hands of a test: nothing is answered by itself, and time stands still. */
final class FenceFixture implements FencePort, DataPlane, EpochStore {

    static final Node A = new Node("a", "10.0.0.1", 5432);
    static final Node B = new Node("b", "10.0.0.2", 5432);
    static final long SYSTEM = 42;

    final Deque<ProxyReport> questions = new ArrayDeque<>();
    final Deque<Long> looks = new ArrayDeque<>();
    final List<Node> lookedAt = new ArrayList<>();
    final List<FenceEvent> events = new ArrayList<>();
    final Deque<Runnable> cuts = new ArrayDeque<>();
    final Deque<Runnable> drains = new ArrayDeque<>();
    /** What the probes saw last. */
    List<NodeObservation> observations = List.of();

    Route route = Route.NONE;

    @Nullable
    Epoch saved;

    boolean diskFull;
    long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
    private long sent;

    final Fence fence;

    FenceFixture() {
        this(FenceSettings.DEFAULT, null);
    }

    FenceFixture(FenceSettings settings, @Nullable Epoch saved) {
        this.saved = saved;
        fence = new Fence("me", settings, () -> now, this, this, this);
        fence.tick();
    }

    /** A fence that writes to A under token 1 on timeline 1, seen at 100. */
    static FenceFixture open() {
        FenceFixture fixture = new FenceFixture();
        fixture.confirm(view(1, A, 0));
        fixture.seen(primary(A, 1, 100));
        fixture.expect(FenceState.OPEN);
        return fixture;
    }

    static View view(long token, @Nullable Node primary, int timeline, View.Flag... flags) {
        return new View(new Epoch(new Incarnation("zk", 0), token, timeline), primary, List.of(A, B), Set.of(flags));
    }

    static NodeObservation primary(Node node, int timeline, long start) {
        return new NodeObservation(node.name(), State.PRIMARY, 0, SYSTEM, timeline, 1, 1, start, "");
    }

    static NodeObservation standby(Node node, int timeline, Node upstream) {
        return new NodeObservation(node.name(), State.STANDBY, 0, SYSTEM, timeline, 1, 1, 7, upstream.address());
    }

    static ProxyReport peer(long fenced) {
        return new ProxyReport("peer", 1, 0, fenced, 0, 4_000, List.of());
    }

    /** Answers the question that is under way, or is asked within a second. */
    void confirm(View view, ProxyReport... peers) {
        long until = now + Duration.ofSeconds(1).toNanos();
        while (questions.isEmpty() && until - now >= 0) {
            pass(Duration.ofMillis(10));
        }
        questions.remove();
        fence.confirmed(sent, new Confirmation(view, List.of(peers)));
    }

    void seen(NodeObservation... seen) {
        fence.looked(looks.remove(), List.of(seen));
    }

    void cutDone() {
        cuts.remove().run();
    }

    void pass(Duration time) {
        now += time.toNanos();
        fence.tick();
    }

    void expect(FenceState state) {
        assertTrue(fence.state() == state, () -> fence.state() + " (expected: " + state + "), after " + events);
    }

    boolean permits(long sequence) {
        return route.permits(sequence, now);
    }

    /** What the process would tell now. */
    ProxyReport nextReport() {
        if (questions.isEmpty()) {
            fence.suspect();
            pass(Duration.ofMillis(60));
        }
        return questions.element();
    }

    List<FenceEvent.Kind> kinds() {
        return events.stream().map(FenceEvent::kind).toList();
    }

    @Override
    public void confirm(ProxyReport mine) {
        assertTrue(questions.isEmpty(), "two questions at a time");
        sent = now;
        questions.add(mine);
    }

    @Override
    public void look(long look, List<Node> nodes) {
        looks.clear();
        looks.add(look);
        lookedAt.clear();
        lookedAt.addAll(nodes);
    }

    @Override
    public List<NodeObservation> observations() {
        return observations;
    }

    @Override
    public void run(Runnable task) {
        task.run();
        fence.tick();
    }

    @Override
    public void event(FenceEvent event) {
        events.add(event);
    }

    @Override
    public void route(Route next) {
        route = next;
    }

    @Override
    public void cut(long sequence, Runnable done) {
        cuts.add(done);
    }

    @Override
    public void whenDrained(long sequence, Runnable done) {
        drains.add(done);
    }

    @Override
    public @Nullable Epoch load() {
        return saved;
    }

    @Override
    public void save(Epoch epoch) {
        if (diskFull) {
            throw new IllegalStateException("no space left on device");
        }
        saved = epoch;
    }
}
