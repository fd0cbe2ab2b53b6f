package io.pgorchestra.proxy.server;

import io.pgorchestra.proxy.net.Sockets;
import java.time.Duration;
import java.util.Map;

/**
 * How a pool's servers are spoken to; where they are is the {@link CurrentRoute}'s to say. Immutable; replaced when the configuration changes.
 *
 * @param database its name on the node
 * @param user the role logged in as
 * @param parameters startup parameters besides these, from the configuration
 * @param connectQuery SQL run once on each new connection; empty for none
 * @param resetQuery SQL run when a session is over; empty for none
 * @param checkQuery SQL that shows an idle server to be alive; empty for a bare round trip
 * @param maxPreparedStatements {@code max_prepared_statements}: statements kept on one server; 0 leaves clients' names as they are
 */
public record ServerTarget(
        String database,
        String user,
        Map<String, String> parameters,
        String connectQuery,
        String resetQuery,
        String checkQuery,
        int maxPreparedStatements,
        Duration cancelWaitTimeout,
        Sockets.Settings sockets) {}
