package io.pgorchestra.proxy.client;

import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who a client says it is. Immutable.
 *
 * @param parameters of its startup packet besides user and database
 * @param protocolVersion the one agreed on
 */
public record ClientIdentity(
        String user, String database, Map<String, String> parameters, int protocolVersion, InetSocketAddress address) {

    static ClientIdentity of(StartupMessage startup, int protocolVersion, InetSocketAddress address) {
        Map<String, String> parameters = new LinkedHashMap<>(startup.parameters());
        String user = parameters.getOrDefault("user", "");
        String database = parameters.getOrDefault("database", "");
        parameters.remove("user");
        parameters.remove("database");
        parameters.keySet().removeIf(name -> name.startsWith("_pq_."));
        return new ClientIdentity(
                user, database.isEmpty() ? user : database, Map.copyOf(parameters), protocolVersion, address);
    }

    /** Whether it wants to stream the log and not to query, or both. */
    boolean replication() {
        String value = parameters.getOrDefault("replication", "false");
        return !value.equalsIgnoreCase("false")
                && !value.equals("0")
                && !value.equalsIgnoreCase("off")
                && !value.equalsIgnoreCase("no");
    }

    String applicationName() {
        return parameters.getOrDefault("application_name", "");
    }

    /** An equal one, made of these texts. */
    ClientIdentity withTexts(PoolKey key, Map<String, String> equalParameters) {
        return new ClientIdentity(key.user(), key.database(), equalParameters, protocolVersion, address);
    }
}
