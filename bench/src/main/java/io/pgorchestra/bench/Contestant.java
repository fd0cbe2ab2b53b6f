package io.pgorchestra.bench;

import org.jspecify.annotations.Nullable;

/**
 * One of those compared.
 *
 * @param peer null for Postgres itself, without a proxy
 * @param process null for Postgres itself
 */
record Contestant(
        String name,
        Endpoint endpoint,
        @Nullable Peer peer,
        @Nullable ProxyProcess process) {

    static final String DIRECT = "direct";

    static Contestant direct(Endpoint postgres) {
        return new Contestant(DIRECT, postgres, null, null);
    }

    static Contestant of(Peer peer, ProxyProcess process) {
        return new Contestant(peer.name(), process.endpoint(), peer, process);
    }
}
