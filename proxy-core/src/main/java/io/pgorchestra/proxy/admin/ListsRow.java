package io.pgorchestra.proxy.admin;

/**
 * How many of everything there are; SHOW LISTS.
 *
 * @param freeClients how many more clients {@code max_client_conn} admits
 * @param freeServers servers that are connected and not leased
 */
public record ListsRow(
        int databases,
        int users,
        int pools,
        int freeClients,
        int usedClients,
        int loginClients,
        int freeServers,
        int usedServers) {}
