package io.pgorchestra.proxy.statement;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Which shared statements one server has, least recently used first. Bound to one event loop. */
public final class PreparedStatements {

    private final LinkedHashMap<SharedStatement, Boolean> statements = new LinkedHashMap<>(16, 0.75f, true);

    /** Whether the server has it; counts as a use. */
    public boolean use(SharedStatement statement) {
        return statements.get(statement) != null;
    }

    public void add(SharedStatement statement) {
        statements.put(statement, Boolean.TRUE);
    }

    public void remove(SharedStatement statement) {
        statements.remove(statement);
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
    }
}
