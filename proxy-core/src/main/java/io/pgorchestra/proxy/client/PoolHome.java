package io.pgorchestra.proxy.client;

import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.proxy.catalog.CurrentFunctions;
import io.pgorchestra.proxy.server.Greetings.Greeting;
import io.pgorchestra.proxy.server.ServerPool;
import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.statement.SharedStatement;
import io.pgorchestra.proxy.statement.StatementCatalog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** One pool with all that its clients need: its servers, the rules for sessions, the texts prepared. Bound to the pool's loop. */
public final class PoolHome {

    private final ServerPool servers;
    private final StatementCatalog statements;
    private final Set<SharedStatement> knownStatements = Collections.newSetFromMap(new WeakHashMap<>());
    private final @Nullable ReadPools readPools;
    private final PoolTexts texts;
    private final ReadCounts readCounts = new ReadCounts();
    private SessionSettings settings;
    private int clients;

    /**
     * @param readPools its servers on standbys; null where nobody watches a cluster
     * @param functions of its database
     */
    public PoolHome(
            ServerPool servers,
            StatementCatalog statements,
            SessionSettings settings,
            @Nullable ReadPools readPools,
            CurrentFunctions functions) {
        this.servers = servers;
        this.statements = statements;
        this.settings = settings;
        this.readPools = readPools;
        this.texts = new PoolTexts(functions);
    }

    public PoolKey key() {
        return servers.key();
    }

    public ServerPool servers() {
        return servers;
    }

    /** The primary's servers, and each standby's. */
    public List<ServerPool> allServers() {
        ReadPools standbys = readPools;
        if (standbys == null) {
            return List.of(servers);
        }
        List<ServerPool> all = new ArrayList<>();
        all.add(servers);
        all.addAll(standbys.servers());
        return all;
    }

    /** Those on one standby, if any are wanted yet. */
    public List<ServerPool> serversOn(Standby standby) {
        ReadPools standbys = readPools;
        return standbys == null ? List.of() : standbys.serversOn(standby);
    }

    @Nullable
    ReadPools readPools() {
        return readPools;
    }

    PoolTexts texts() {
        return texts;
    }

    /** Where what clients began went, and why. */
    public ReadCounts readCounts() {
        return readCounts;
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
