package io.pgorchestra.proxy.admin;

/**
 * One user, with its limits and how much of them is used.
 *
 * @param poolSize {@link #INHERITED} when the user has none of its own
 * @param reservePoolSize {@link #INHERITED} when the user has none of its own
 * @param poolMode the pool mode configured for this user, or empty when it inherits
 * @param maxUserConnections 0 for no limit
 * @param maxUserClientConnections 0 for no limit
 */
public record UserRow(
        String name,
        int poolSize,
        int reservePoolSize,
        String poolMode,
        int maxUserConnections,
        int currentConnections,
        int maxUserClientConnections,
        int currentClientConnections) {
    public static final int INHERITED = -1;
}
