package io.pgorchestra.proxy.statement;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the changes to one database's schema. A statement prepared before a change is not taken for the same one prepared behind it,
 * because Postgres refuses to run a plan whose result type has changed. For all threads.
 */
public final class SchemaVersion {

    private final AtomicLong changes = new AtomicLong();

    public void changed() {
        changes.incrementAndGet();
    }

    public long get() {
        return changes.get();
    }
}
