package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A proxy that can be started in front of a Postgres, always with the same settings: transaction pooling, 20 servers, trust, no TLS. */
interface Peer {

    int POOL_SIZE = 20;
    int MAX_CLIENTS = 12_000;

    String name();

    /** What it says of its version, in one line. */
    String version(Children children);

    /** Writes the configuration into an empty folder, and returns the command that runs the proxy in the foreground. */
    List<String> prepare(Path directory, int port, Endpoint postgres) throws IOException;
}
