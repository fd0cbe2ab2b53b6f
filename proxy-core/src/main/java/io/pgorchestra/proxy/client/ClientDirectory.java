package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.failure.ClientCloseReason;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one event loop. Bound to that loop. */
public final class ClientDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(ClientDirectory.class);

    private final ClientRegistry registry;
    private final ArrayList<ClientSession> sessions = new ArrayList<>();

    public ClientDirectory(ClientRegistry registry) {
        this.registry = registry;
    }

    CancelKeys cancelKeys() {
        return registry.cancelKeys();
    }

    long nextId() {
        return registry.nextId();
    }

    int inventedProcessId() {
        return registry.inventedProcessId();
    }

    void add(ClientSession session) {
        session.listIndex = sessions.size();
        sessions.add(session);
    }

    void loggedIn(ClientSession session) {
        LOG.debug(
                "client logged in pool={} address={}",
                session.home().key(),
                session.identity().address());
    }

    void remove(ClientSession session, ClientCloseReason reason) {
        ClientSession last = sessions.remove(sessions.size() - 1);
        if (last != session) {
            sessions.set(session.listIndex, last);
            last.listIndex = session.listIndex;
        }
        if (session.cancelSecret().length > 0) {
            registry.cancelKeys().remove(session.processId(), session.cancelSecret());
        }
        registry.leaveDatabase(session.identity().database());
        registry.leaveUser(session.identity().user());
        registry.closed(reason);
        LOG.debug(
                "client closed reason={} pool={} address={}",
                reason.label(),
                session.home().key(),
                session.identity().address());
    }

    /** Looks at every session's timeouts. */
    public void tick(long now) {
        for (int i = sessions.size() - 1; i >= 0; i--) {
            if (i < sessions.size()) {
                sessions.get(i).tick(now);
            }
        }
    }

    public int size() {
        return sessions.size();
    }

    /** Over a copy: the action may close sessions. */
    public void forEach(Consumer<ClientSession> action) {
        new ArrayList<>(sessions).forEach(action);
    }
}
