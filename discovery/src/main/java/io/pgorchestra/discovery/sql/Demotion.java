package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import java.util.concurrent.CompletionStage;

/** Stops a primary in order and starts it as a standby. No SQL does that: it takes somebody with hands on the machine. */
public interface Demotion {

    /** Somebody who stops primaries and cannot say where. */
    long UNKNOWN_POSITION = 0;

    /**
     * Complete as soon as the primary has stopped, with the position at which its last record begins, the checkpoint of its shutdown;
     * or, where that cannot be said, with {@link #UNKNOWN_POSITION}. Starting it as a standby may go on after that. Fails if it was not
     * stopped, or may not have been.
     */
    CompletionStage<Long> demote(Node primary, Node next);
}
