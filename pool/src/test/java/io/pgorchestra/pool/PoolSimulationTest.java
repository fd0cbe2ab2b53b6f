package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random steps of four pools that share a budget, on simulated time, with everything the pool promises checked after each.
 * {@code -Dseed=42} replays one run, {@code -Dseeds=100000} makes more.
 */
class PoolSimulationTest {

    private static final int STEPS = 1_000;
    private static final int DEFAULT_SEEDS = 500;

    @Test
    @Timeout(3_600)
    void randomSteps_keepAllPromises() {
        Long only = Long.getLong("seed");
        if (only != null) {
            run(only);
            return;
        }
        long leases = 0;
        for (long seed = 0; seed < Integer.getInteger("seeds", DEFAULT_SEEDS); seed++) {
            leases += run(seed);
        }
        assertTrue(leases > 10_000, "leases: " + leases);
    }

    private static long run(long seed) {
        Simulation simulation = new Simulation(seed);
        int step = 0;
        try {
            for (; step < STEPS; step++) {
                simulation.step();
            }
            return simulation.end();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("replay with -Dseed=" + seed + " (step " + step + "): " + e.getMessage(), e);
        }
    }

    private static final class Simulation {

        private final SplittableRandom random;
        private final SimulatedLoop loop = new SimulatedLoop();
        private final ServerBudget budget = new ServerBudget();
        private final SimulatedLimits limits = new SimulatedLimits(budget);
        private final List<SimulatedPool> pools = new ArrayList<>();

        Simulation(long seed) {
            random = new SplittableRandom(seed);
            changeLimit();
            changeLimit();
            for (String database : List.of("app", "shop")) {
                for (String user : List.of("web", "batch")) {
                    pools.add(new SimulatedPool(new PoolKey(database, user), budget, limits, loop, random));
                }
            }
        }

        void step() {
            SimulatedPool pool = pools.get(random.nextInt(pools.size()));
            int what = random.nextInt(100);
            if (what < 45) {
                pool.clients.get(random.nextInt(pool.clients.size())).act();
            } else if (what < 70) {
                pool.answer();
            } else if (what < 72) {
                pool.answerLate();
            } else if (what < 82) {
                loop.runOne();
            } else if (what < 88) {
                loop.advance(Duration.ofMillis(random.nextInt(3_000)));
            } else if (what < 93) {
                pool.pool.tick();
                pool.checkDeadlines();
            } else if (what < 97) {
                settleAll();
            } else {
                operate(pool);
            }
            pools.forEach(SimulatedPool::checkAlways);
            limits.check();
        }

        private void operate(SimulatedPool pool) {
            switch (random.nextInt(10)) {
                case 0 -> pool.applyOtherSettings();
                case 1, 2 -> pool.togglePause();
                case 3 -> pool.reconnect();
                case 4 -> pool.pool.kill(CloseReason.KILLED);
                case 5, 6 -> pool.toggleGate();
                default -> changeLimit();
            }
        }

        private void changeLimit() {
            int limit = random.nextInt(6);
            if (random.nextBoolean()) {
                limits.limitDatabase(random.nextBoolean() ? "app" : "shop", limit);
            } else {
                limits.limitUser(random.nextBoolean() ? "web" : "batch", limit);
            }
        }

        private void settleAll() {
            loop.run();
            pools.forEach(SimulatedPool::checkSettled);
            checkPermits();
            pools.forEach(pool -> pool.pool.tick());
            loop.run();
            pools.forEach(pool -> pool.checkOpened(true));
            pools.forEach(pool -> pool.checkShared(pools));
            checkPermits();
        }

        private void checkPermits() {
            assertEquals(servers("app", true), budget.databaseConnections("app"));
            assertEquals(servers("shop", true), budget.databaseConnections("shop"));
            assertEquals(servers("web", false), budget.userConnections("web"));
            assertEquals(servers("batch", false), budget.userConnections("batch"));
        }

        private int servers(String name, boolean ofDatabase) {
            return pools.stream()
                    .filter(pool -> name.equals(
                            ofDatabase
                                    ? pool.pool.key().database()
                                    : pool.pool.key().user()))
                    .mapToInt(pool -> pool.open.size())
                    .sum();
        }

        /** The world calms down: everybody who still waits must be served or refused before long. */
        long end() {
            for (SimulatedPool pool : pools) {
                if (pool.pool.paused()) {
                    pool.togglePause();
                }
                pool.openGate();
                pool.clients.forEach(client -> client.leaving = true);
                pool.clients.forEach(SimulatedClient::giveBack);
            }
            for (int round = 0; round < 400; round++) {
                pools.forEach(SimulatedPool::answer);
                loop.run();
                loop.advance(Duration.ofMillis(300));
                pools.forEach(pool -> pool.pool.tick());
                pools.forEach(SimulatedPool::checkAlways);
            }
            loop.run();
            pools.forEach(SimulatedPool::checkEnded);
            checkPermits();
            return pools.stream().mapToLong(pool -> pool.pool.leasesGranted()).sum();
        }
    }
}
