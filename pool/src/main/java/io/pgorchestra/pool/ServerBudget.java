package io.pgorchestra.pool;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The connections all pools may have together: {@code max_db_connections} per database and {@code max_user_connections} per user.
 * The one class of this module whose methods any thread may call. Limits are exact at every moment and may change at any.
 *
 * <p>A pool that finds no permit waits in the queue of what is missing. Idle servers of the other pools there are closed for it, and
 * a permit that comes free is handed to it on its own loop.
 */
public final class ServerBudget {

    private final ConcurrentMap<String, ServerCap> databases = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ServerCap> users = new ConcurrentHashMap<>();

    /** Sets {@code max_db_connections} of a database; 0 for no limit, as for a database never named here. */
    public void limitDatabase(String database, int maxConnections) {
        cap(databases, database).limit(checked("max_db_connections", maxConnections));
    }

    /** Sets {@code max_user_connections} of a user; 0 for no limit, as for a user never named here. */
    public void limitUser(String user, int maxConnections) {
        cap(users, user).limit(checked("max_user_connections", maxConnections));
    }

    /** {@code current_connections} of {@code SHOW DATABASES}. */
    public int databaseConnections(String database) {
        ServerCap cap = databases.get(database);
        return cap == null ? 0 : cap.used();
    }

    /** {@code current_connections} of {@code SHOW USERS}. */
    public int userConnections(String user) {
        ServerCap cap = users.get(user);
        return cap == null ? 0 : cap.used();
    }

    BudgetAccount join(PoolKey key, BudgetAccount.Owner owner, LoopTime time) {
        ServerCap database = cap(databases, key.database());
        ServerCap user = cap(users, key.user());
        BudgetAccount account = new BudgetAccount(database, user, owner, time);
        database.join(account);
        user.join(account);
        return account;
    }

    private static ServerCap cap(ConcurrentMap<String, ServerCap> caps, String name) {
        return caps.computeIfAbsent(name, unlimited -> new ServerCap(0));
    }

    private static int checked(String setting, int maxConnections) {
        if (maxConnections < 0) {
            throw new IllegalArgumentException(setting + ": " + maxConnections + " (expected: >= 0)");
        }
        return maxConnections;
    }
}
