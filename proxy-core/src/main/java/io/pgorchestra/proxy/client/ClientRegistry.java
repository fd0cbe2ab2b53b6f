package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.failure.ClientCloseReason;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all loops know of clients together: how many there are, of which database and user, and the keys to cancel with. For all threads. */
@SuppressWarnings("EnumOrdinal") // A counter by reason; the numbers go nowhere else.
public final class ClientRegistry {

    private final CancelKeys cancelKeys = new CancelKeys();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger loggingIn = new AtomicInteger();
    private final AtomicInteger lastProcessId = new AtomicInteger();
    private final AtomicLong lastId = new AtomicLong();
    private final ConcurrentHashMap<String, AtomicInteger> byDatabase = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AtomicInteger> byUser = new ConcurrentHashMap<>();
    private final LongAdder[] closes = new LongAdder[ClientCloseReason.values().length];

    public ClientRegistry() {
        for (int i = 0; i < closes.length; i++) {
            closes[i] = new LongAdder();
        }
    }

    CancelKeys cancelKeys() {
        return cancelKeys;
    }

    /** Clients connected, logged in or not. */
    public int connected() {
        return connected.get();
    }

    public int loggingIn() {
        return loggingIn.get();
    }

    /** Takes a place under {@code limit}; the caller gives it back by {@link #left}. */
    boolean enter(int limit) {
        return enter(connected, limit);
    }

    void left() {
        connected.decrementAndGet();
    }

    void loginBegins() {
        loggingIn.incrementAndGet();
    }

    void loginEnds() {
        loggingIn.decrementAndGet();
    }

    /** Takes a place under {@code max_db_client_connections}; zero is no limit. */
    public boolean enterDatabase(String database, int limit) {
        return enter(counter(byDatabase, database), limit == 0 ? Integer.MAX_VALUE : limit);
    }

    /** Takes a place under {@code max_user_client_connections}; zero is no limit. */
    public boolean enterUser(String user, int limit) {
        return enter(counter(byUser, user), limit == 0 ? Integer.MAX_VALUE : limit);
    }

    public void leaveDatabase(String database) {
        counter(byDatabase, database).decrementAndGet();
    }

    public void leaveUser(String user) {
        counter(byUser, user).decrementAndGet();
    }

    public int ofDatabase(String database) {
        AtomicInteger count = byDatabase.get(database);
        return count == null ? 0 : count.get();
    }

    public int ofUser(String user) {
        AtomicInteger count = byUser.get(user);
        return count == null ? 0 : count.get();
    }

    /** A process id to greet a client with that has no server of its own. */
    int inventedProcessId() {
        return lastProcessId.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
    }

    long nextId() {
        return lastId.incrementAndGet();
    }

    void closed(ClientCloseReason reason) {
        closes[reason.ordinal()].increment();
    }

    /** Clients closed for this reason since the start. */
    public long closes(ClientCloseReason reason) {
        return closes[reason.ordinal()].sum();
    }

    private static AtomicInteger counter(ConcurrentHashMap<String, AtomicInteger> counters, String name) {
        return counters.computeIfAbsent(name, ignored -> new AtomicInteger());
    }

    private static boolean enter(AtomicInteger counter, int limit) {
        while (true) {
            int present = counter.get();
            if (present >= limit) {
                return false;
            }
            if (counter.compareAndSet(present, present + 1)) {
                return true;
            }
        }
    }
}
