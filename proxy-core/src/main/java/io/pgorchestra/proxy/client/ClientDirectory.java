package io.pgorchestra.proxy.client;

import io.netty.channel.Channel;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of one event loop. Bound to that loop. */
@SuppressWarnings("FutureReturnValueIgnored") // What comes of a close, the session hears.
public final class ClientDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(ClientDirectory.class);

    /** A client that does not take its last words in this time loses its connection without them. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ClientRegistry registry;
    private final ArrayList<ClientSession> sessions = new ArrayList<>();
    private final ArrayList<Closing> closing = new ArrayList<>();

    private record Closing(Channel channel, long sinceNanos) {}

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

    /** A connection closes as soon as what was written to it is sent, or at the latest in a while. */
    void closing(Channel channel, long now) {
        closing.add(new Closing(channel, now));
    }

    /** Looks at every session's timeouts. */
    public void tick(long now) {
        closing.removeIf(last -> !last.channel.isOpen());
        for (Closing last : closing) {
            if (now - last.sinceNanos > LAST_WORDS_NANOS) {
                last.channel.close();
            }
        }
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
