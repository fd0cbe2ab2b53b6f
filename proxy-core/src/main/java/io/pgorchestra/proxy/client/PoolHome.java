package io.pgorchestra.proxy.client;

import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.proxy.server.Greetings.Greeting;
import io.pgorchestra.proxy.server.ServerPool;
import io.pgorchestra.proxy.statement.SharedStatement;
import io.pgorchestra.proxy.statement.StatementCatalog;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** One pool with all that its clients need: its servers, the rules for sessions, the texts prepared. Bound to the pool's loop. */
public final class PoolHome {

    private final ServerPool servers;
    private final StatementCatalog statements;
    private final Set<SharedStatement> knownStatements = Collections.newSetFromMap(new WeakHashMap<>());
    private SessionSettings settings;
    private int clients;

    public PoolHome(ServerPool servers, StatementCatalog statements, SessionSettings settings) {
        this.servers = servers;
        this.statements = statements;
        this.settings = settings;
    }

    public PoolKey key() {
        return servers.key();
    }

    public ServerPool servers() {
        return servers;
    }

    StatementCatalog statements() {
        return statements;
    }

    /** What some server of this pool has prepared without complaint. */
    Set<SharedStatement> knownStatements() {
        return knownStatements;
    }

    public SessionSettings settings() {
        return settings;
    }

    /** The identity with texts that other clients of this pool hold too, so that ten thousand alike do not keep ten thousand copies. */
    ClientIdentity sharing(ClientIdentity identity) {
        Greeting known = servers.greetings().get(identity.parameters());
        return identity.withTexts(key(), known == null ? identity.parameters() : known.startupParameters());
    }

    /** Clients logged in or logging in to it. */
    public int clients() {
        return clients;
    }

    void clientCame() {
        clients++;
    }

    void clientWent() {
        clients--;
    }

    /** New rules for sessions; the mode of sessions that are open stays. */
    public void apply(SessionSettings newSettings) {
        settings = newSettings;
    }
}
