package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import java.util.concurrent.CompletionStage;

/** Stops a primary in order and starts it as a standby. No SQL does that: it takes somebody with hands on the machine. */
public interface Demotion {

    /** Fails if it was not done, or may not have been. */
    CompletionStage<Void> demote(Node primary, Node next);
}
