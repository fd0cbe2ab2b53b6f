package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.PrimaryRecord;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The record of the primary, as the conductor sees it. Every answer comes exactly once, in bounded time, on the conductor's thread. */
public interface ConductorAuthority {

    /** Reads the record; null if there is no answer. May be old: whoever acts on it writes first. */
    void read(Consumer<@Nullable Versioned> answer);

    /**
     * Replaces the record if it still has that version; {@link Versioned#NONE} creates it. False: it did not, or nobody knows whether it did.
     */
    void compareAndSet(int version, PrimaryRecord next, Consumer<Boolean> answer);

    /** A record and its version; there is no record where nobody has ever written one. */
    record Versioned(int version, @Nullable PrimaryRecord value) {
        public static final int NONE = -1;
    }
}
