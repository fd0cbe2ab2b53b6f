package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The limits of the budget as the simulation set them; 0 for none. */
final class SimulatedLimits {

    private final Map<String, Integer> databases = new HashMap<>();
    private final Map<String, Integer> users = new HashMap<>();
    private final Map<String, Integer> lastUsed = new HashMap<>();
    private final ServerBudget budget;

    SimulatedLimits(ServerBudget budget) {
        this.budget = budget;
        for (String database : List.of("app", "shop")) {
            limitDatabase(database, 0);
        }
        for (String user : List.of("web", "batch")) {
            limitUser(user, 0);
        }
    }

    void limitDatabase(String database, int limit) {
        databases.put(database, limit);
        budget.limitDatabase(database, limit);
    }

    void limitUser(String user, int limit) {
        users.put(user, limit);
        budget.limitUser(user, limit);
    }

    /** More than the limit may be left over from a higher one, but never become more. */
    void check() {
        databases.forEach((name, limit) -> check("database " + name, limit, budget.databaseConnections(name)));
        users.forEach((name, limit) -> check("user " + name, limit, budget.userConnections(name)));
    }

    private void check(String what, int limit, int used) {
        int before = lastUsed.getOrDefault(what, 0);
        assertTrue(
                limit == 0 || used <= Math.max(limit, before),
                what + ": " + used + " servers (expected: <= " + limit + ")");
        lastUsed.put(what, used);
    }

    int database(PoolKey key) {
        return databases.getOrDefault(key.database(), 0);
    }

    int user(PoolKey key) {
        return users.getOrDefault(key.user(), 0);
    }
}
