package io.pgorchestra.proxy.admin;

/**
 * One database as clients name it, with its limits and how much of them is used. Empty text stands for "not set".
 *
 * @param database the name of the database on the node
 * @param serverLifetimeSeconds the lifetime in force here
 * @param poolMode the pool mode configured for this database, or empty when it inherits
 * @param maxConnections 0 for no limit
 * @param maxClientConnections 0 for no limit
 */
public record DatabaseRow(
        String name,
        String host,
        int port,
        String database,
        String forceUser,
        int poolSize,
        int minPoolSize,
        int reservePoolSize,
        int serverLifetimeSeconds,
        String poolMode,
        String loadBalanceHosts,
        int maxConnections,
        int currentConnections,
        int maxClientConnections,
        int currentClientConnections,
        boolean paused,
        boolean disabled) {}
