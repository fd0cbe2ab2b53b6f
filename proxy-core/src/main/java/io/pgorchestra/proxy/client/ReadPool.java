package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.server.ServerPool;
import io.pgorchestra.proxy.standby.Standby;

/** One standby with a pool's servers on it. Bound to the pool's loop. */
final class ReadPool {

    private final Standby standby;
    private final ServerPool servers;
    private int readers;

    ReadPool(Standby standby, ServerPool servers) {
        this.standby = standby;
        this.servers = servers;
    }

    Standby standby() {
        return standby;
    }

    ServerPool servers() {
        return servers;
    }

    /** A session reads here, or waits for it. */
    void readerCame() {
        readers++;
    }

    void readerWent() {
        readers--;
    }

    /** Readers for each unit of weight, if one more came. */
    double load() {
        return (readers + 1.0) / standby.weight();
    }
}
