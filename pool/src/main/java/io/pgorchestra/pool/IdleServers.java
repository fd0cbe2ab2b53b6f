package io.pgorchestra.pool;

import org.jspecify.annotations.Nullable;

/** The idle servers of one pool, from the last used to the longest idle: a list threaded through the slots. */
final class IdleServers<S> {

    private @Nullable Slot<S> newest;
    private @Nullable Slot<S> oldest;
    private int size;

    @Nullable
    Slot<S> newest() {
        return newest;
    }

    @Nullable
    Slot<S> oldest() {
        return oldest;
    }

    int size() {
        return size;
    }

    void add(Slot<S> slot) {
        slot.olderIdle = newest;
        if (newest == null) {
            oldest = slot;
        } else {
            newest.newerIdle = slot;
        }
        newest = slot;
        size++;
    }

    void remove(Slot<S> slot) {
        Slot<S> newer = slot.newerIdle;
        Slot<S> older = slot.olderIdle;
        if (newer == null) {
            newest = older;
        } else {
            newer.olderIdle = older;
        }
        if (older == null) {
            oldest = newer;
        } else {
            older.newerIdle = newer;
        }
        slot.newerIdle = null;
        slot.olderIdle = null;
        size--;
    }
}
