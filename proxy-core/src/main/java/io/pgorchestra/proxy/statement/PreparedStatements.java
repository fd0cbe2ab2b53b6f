package io.pgorchestra.proxy.statement;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which shared statements one server has, least recently used first. Bound to one event loop.
 *
 * <p>A Parse whose answer has not come may still fail. What is sent in the same series, up to the Sync, fails with it and may rely on it;
 * what comes in a later one may not.
 */
public final class PreparedStatements {

    /** What a server has under a statement's name. */
    public enum Presence {
        ABSENT,
        PRESENT,
        /** Nobody knows yet, or something else: it must be closed before the name can be used. */
        IN_DOUBT
    }

    private static final long NEVER = -1;

    private final LinkedHashMap<SharedStatement, OnServer> statements = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Sent, or closed, since the server last owed nothing, with what is known of each, be it there or not: a parameter changed meanwhile may
     * have changed their meaning.
     */
    private final Map<SharedStatement, OnServer> recent = new HashMap<>();

    /** How often all have been dropped. */
    private long drops;

    /** One name of ours on this server, as far as answers and requests under way tell. */
    private final class OnServer {
        /** How often all had been dropped when a Parse of it succeeded; {@link #NEVER} if none did, or it was closed since. */
        private long parsedIn = NEVER;

        private int unanswered;
        private long series;

        /** It was parsed after the session's parameters had changed. */
        private boolean misread;

        boolean gone() {
            return parsedIn != drops && unanswered == 0;
        }
    }

    /** What the server has, for a request of this series; counts as a use. */
    public Presence use(SharedStatement statement, long series) {
        OnServer entry = statements.get(statement);
        if (entry == null) {
            return recent.containsKey(statement) ? Presence.IN_DOUBT : Presence.ABSENT;
        }
        return entry.misread || (entry.unanswered > 0 && entry.series != series) ? Presence.IN_DOUBT : Presence.PRESENT;
    }

    /** Whether what the server has, or is about to have, under its name comes from a Parse of that series. */
    public boolean lastParsedIn(SharedStatement statement, long series) {
        OnServer entry = statements.get(statement);
        return entry != null && !entry.misread && entry.series == series;
    }

    /** A Parse for it is on its way, in this series. */
    public StatementChange parsing(SharedStatement statement, long series) {
        OnServer entry = changing(statement);
        entry.unanswered++;
        entry.series = series;
        statements.put(statement, entry);
        return new StatementChange() {
            @Override
            public void done() {
                entry.unanswered--;
                entry.parsedIn = drops;
                keepOrForget(statement, entry);
            }

            @Override
            public void undo() {
                entry.unanswered--;
                keepOrForget(statement, entry);
            }
        };
    }

    /** A Close for it is on its way; what is sent behind it finds the name free. */
    public StatementChange closing(SharedStatement statement) {
        OnServer entry = changing(statement);
        boolean wasMisread = entry.misread;
        entry.misread = false;
        return new StatementChange() {
            @Override
            public void done() {
                entry.parsedIn = NEVER;
                keepOrForget(statement, entry);
            }

            @Override
            public void undo() {
                entry.misread |= wasMisread;
                keepOrForget(statement, entry);
            }
        };
    }

    /** The one thing that is known of it until all is answered, so that no answer is noted where nobody looks. */
    private OnServer changing(SharedStatement statement) {
        OnServer known = statements.get(statement);
        if (known == null) {
            return recent.computeIfAbsent(statement, missing -> new OnServer());
        }
        recent.put(statement, known);
        return known;
    }

    private void keepOrForget(SharedStatement statement, OnServer entry) {
        if (entry.gone()) {
            statements.remove(statement);
        } else {
            statements.putIfAbsent(statement, entry);
        }
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
        Set<SharedStatement> misread = new HashSet<>();
        statements.forEach((statement, entry) -> {
            if (recent.containsKey(statement)) {
                entry.misread = true;
                misread.add(statement);
            }
        });
        return misread;
    }

    /** The server owes nothing: what was sent has been read. */
    public void settled() {
        if (!recent.isEmpty()) {
            recent.clear();
        }
    }

    /** The least recently used one if there are more than {@code max}; it is taken out, and must be closed. */
    public @Nullable Evicted evictOver(int max) {
        if (statements.size() <= max) {
            return null;
        }
        SharedStatement eldest = statements.keySet().iterator().next();
        StatementChange closing = closing(eldest);
        statements.remove(eldest);
        return new Evicted(eldest, closing);
    }

    /** A statement taken out, and what becomes of its Close. */
    public record Evicted(SharedStatement statement, StatementChange closing) {}

    public int size() {
        return statements.size();
    }

    /** All have been dropped; what was sent behind the command that did so is answered later. */
    public void clear() {
        drops++;
        statements.clear();
    }
}
