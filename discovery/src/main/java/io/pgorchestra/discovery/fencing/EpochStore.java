package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Epoch;
import org.jspecify.annotations.Nullable;

/** Keeps the last epoch this process has accepted, over its restarts: an authority that was restored from a backup shall not lead it back. */
public interface EpochStore {

    /** Null if none was ever saved. */
    @Nullable
    Epoch load();

    /** Returns when it is on disk. */
    void save(Epoch epoch);
}
