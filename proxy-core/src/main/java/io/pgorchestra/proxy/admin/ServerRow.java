package io.pgorchestra.proxy.admin;

import java.time.Instant;

/**
 * One connection to a node at one moment.
 *
 * @param linkId the id of the client that has it, or 0
 * @param waitNanos for how long the current request has been running; 0 when there is none
 * @param remotePid the process id that the node gave in BackendKeyData, or 0
 * @param tls protocol and cipher, or empty
 */
public record ServerRow(
        long id,
        String user,
        String database,
        Replication replication,
        ServerState state,
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
