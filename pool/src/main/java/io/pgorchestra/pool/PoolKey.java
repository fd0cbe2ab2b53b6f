package io.pgorchestra.pool;

/**
 * Who shares servers: the clients of one user in one database, both as the proxy names them.
 *
 * @param database the name clients connect to; {@code max_db_connections} counts by it
 * @param user the user servers are logged in as; {@code max_user_connections} counts by it
 */
public record PoolKey(String database, String user) {

    public PoolKey {
        if (database.isEmpty()) {
            throw new IllegalArgumentException("database: empty (expected: a name)");
        }
        if (user.isEmpty()) {
            throw new IllegalArgumentException("user: empty (expected: a name)");
        }
    }

    @Override
    public String toString() {
        return database + "/" + user;
    }
}
