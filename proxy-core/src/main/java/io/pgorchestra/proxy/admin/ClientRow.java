package io.pgorchestra.proxy.admin;

import java.time.Instant;

/**
 * One client connection at one moment.
 *
 * @param id the number that KILL_CLIENT takes
 * @param linkId the id of the server it has, or 0
 * @param waitNanos for how long its current request has been waiting or running; 0 when it has none
 * @param remotePid the process at the other end of a unix socket, or 0
 * @param tls protocol and cipher, or empty
 */
public record ClientRow(
        long id,
        String user,
        String database,
        Replication replication,
        ClientState state,
        Endpoint remote,
        Endpoint local,
        Instant connectTime,
        Instant requestTime,
        long waitNanos,
        boolean closeNeeded,
        long linkId,
        int remotePid,
        String tls,
        String applicationName,
        int preparedStatements) {}
