package io.pgorchestra.proxy.admin;

import io.pgorchestra.pool.PoolMode;

/**
 * One pool at one moment: its clients and servers, counted by state.
 *
 * @param clientsActive clients that have a server or are idle, as PgBouncer counts them
 * @param maxWaitNanos for how long the oldest waiting client has waited; 0 when none waits
 * @param loadBalanceHosts how servers are spread over several hosts; empty for a single host
 */
public record PoolRow(
        String database,
        String user,
        int clientsActive,
        int clientsWaiting,
        int clientsActiveCancelRequests,
        int clientsWaitingCancelRequests,
        int serversActive,
        int serversActiveCancel,
        int serversBeingCanceled,
        int serversIdle,
        int serversUsed,
        int serversTested,
        int serversLogin,
        long maxWaitNanos,
        PoolMode poolMode,
        String loadBalanceHosts) {}
