package io.pgorchestra.bench;

/** Where a client connects: Postgres, or a proxy in front of it. */
record Endpoint(String host, int port, String user, String database) {

    private static final int MAX_PORT = 65_535;

    Endpoint {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to " + MAX_PORT + ")");
        }
    }

    Endpoint withPort(int newPort) {
        return new Endpoint("127.0.0.1", newPort, user, database);
    }

    Endpoint withDatabase(String newDatabase) {
        return new Endpoint(host, port, user, newDatabase);
    }

    String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?sslmode=disable&gssEncMode=disable&user="
                + user;
    }
}
