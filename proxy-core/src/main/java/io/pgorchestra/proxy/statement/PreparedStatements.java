package io.pgorchestra.proxy.statement;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which shared statements one server has, least recently used first. Bound to one event loop. */
public final class PreparedStatements {

    /** What a server has under a statement's name. */
    public enum Presence {
        ABSENT,
        PRESENT,
        /** Something else: it was parsed after the session's parameters had changed, and must be closed before the name can be used. */
        MISREAD
    }

    private final LinkedHashMap<SharedStatement, Presence> statements = new LinkedHashMap<>(16, 0.75f, true);

    /** Sent since the server last owed nothing: a parameter changed meanwhile may have changed their meaning. */
    private final Set<SharedStatement> recent = new HashSet<>();

    /** What the server has; counts as a use. */
    public Presence use(SharedStatement statement) {
        Presence presence = statements.get(statement);
        return presence == null ? Presence.ABSENT : presence;
    }

    public void add(SharedStatement statement) {
        statements.put(statement, Presence.PRESENT);
        recent.add(statement);
    }

    /** It is still there, and still something else than its name says. */
    public void addMisread(SharedStatement statement) {
        statements.put(statement, Presence.MISREAD);
    }

    public void remove(SharedStatement statement) {
        statements.remove(statement);
    }

    /**
     * A parameter that texts are read by has changed, in the middle of what is under way.
     *
     * @return the statements that may have been read by its new value
     */
    public Set<SharedStatement> readDifferently() {
        if (recent.isEmpty()) {
            return Set.of();
        }
        for (SharedStatement statement : recent) {
            statements.replace(statement, Presence.MISREAD);
        }
        return Set.copyOf(recent);
    }

    /** The server owes nothing: what was sent has been read. */
    public void settled() {
        if (!recent.isEmpty()) {
            recent.clear();
        }
    }

    /** The least recently used one if there are more than {@code max}; it is taken out. */
    public @Nullable SharedStatement evictOver(int max) {
        if (statements.size() <= max) {
            return null;
        }
        Iterator<SharedStatement> eldest = statements.keySet().iterator();
        SharedStatement evicted = eldest.next();
        eldest.remove();
        return evicted;
    }

    public int size() {
        return statements.size();
    }

    public void clear() {
        statements.clear();
        recent.clear();
    }
}
