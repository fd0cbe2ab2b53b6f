package io.pgorchestra.proxy.server;

import java.util.Map;

/**
 * The startup parameters that a server was opened with, besides user and database. Servers of one pool are interchangeable when these
 * are equal.
 */
public record ServerStartup(Map<String, String> parameters) {

    /** Of a server that serves clients by turns: their parameters are brought to it with each lease. */
    public static final ServerStartup SHARED = new ServerStartup(Map.of());

    public ServerStartup {
        parameters = Map.copyOf(parameters);
    }

    /** Whether it is a replication connection, which serves one client and no other. */
    public boolean replication() {
        return parameters.containsKey("replication");
    }
}
