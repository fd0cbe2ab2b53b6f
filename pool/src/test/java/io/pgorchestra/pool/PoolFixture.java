package io.pgorchestra.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One pool on a simulated loop. */
final class PoolFixture {

    final SimulatedLoop loop;
    final RecordingConnector connector = new RecordingConnector();
    final TestSettings settings = new TestSettings();
    final Pool<String> pool;
    boolean gateOpen = true;
    boolean gateMayMove;

    PoolFixture(PoolKey key, ServerBudget budget, SimulatedLoop loop, Consumer<TestSettings> change) {
        this.loop = loop;
        change.accept(settings);
        pool = new Pool<>(key, settings.build(), connector, budget, gate(), loop, new SplittableRandom(7));
    }

    private Gate gate() {
        return new Gate() {
            @Override
            public boolean open(long nowNanos) {
                return gateOpen;
            }

            @Override
            public boolean mayMove() {
                return gateMayMove;
            }
        };
    }

    PoolFixture(Consumer<TestSettings> change) {
        this(new PoolKey("app", "web"), new ServerBudget(), new SimulatedLoop(), change);
    }

    PoolFixture() {
        this(unchanged -> {});
    }

    void change(Consumer<TestSettings> change) {
        change.accept(settings);
        pool.apply(settings.build());
    }

    /** Answers all that is being opened. */
    void connectAll() {
        while (!connector.opening.isEmpty()) {
            connectNext();
        }
    }

    void connectNext() {
        Slot<String> slot = connector.opening.remove(0);
        pool.connected(slot, "server " + slot.id());
    }

    void openGate(boolean open) {
        gateOpen = open;
        pool.gateChanged();
    }

    /** New clients, each holding a server. */
    List<TestClient> holders(int count) {
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TestClient client = new TestClient();
            if (!client.lease(pool)) {
                connectAll();
            }
            client.slot();
            clients.add(client);
        }
        return clients;
    }

    /** A new client in the queue. */
    TestClient waiting() {
        TestClient client = new TestClient();
        if (client.lease(pool)) {
            throw new AssertionError("did not have to wait");
        }
        return client;
    }

    void idleServers(int count) {
        holders(count).forEach(client -> client.release(pool));
    }
}
