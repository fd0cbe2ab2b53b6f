package io.pgorchestra.proxy.server;

import io.pgorchestra.proxy.net.Sockets;
import java.time.Duration;
import java.util.Map;

/**
 * Where a pool's servers are and how they are spoken to. Immutable; replaced when the configuration changes.
 *
 * @param host name or address
 * @param database its name on the node
 * @param user the role logged in as
 * @param parameters startup parameters besides these, from the configuration
 * @param connectQuery SQL run once on each new connection; empty for none
 * @param resetQuery SQL run when a session is over; empty for none
 * @param checkQuery SQL that shows an idle server to be alive; empty for a bare round trip
 * @param maxPreparedStatements {@code max_prepared_statements}: statements kept on one server; 0 leaves clients' names as they are
 */
public record ServerTarget(
        String host,
        int port,
        String database,
        String user,
        Map<String, String> parameters,
        String connectQuery,
        String resetQuery,
        String checkQuery,
        int maxPreparedStatements,
        Duration cancelWaitTimeout,
        Sockets.Settings sockets) {

    public String address() {
        return host + ":" + port;
    }
}
