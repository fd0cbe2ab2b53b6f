package io.pgorchestra.discovery.conductor;

/** Which standbys a commit waits for. Where it waits, a lone primary takes no writes: what is acknowledged must survive it. */
public enum SynchronousMode {
    /** For none. */
    OFF,
    /** For one chosen standby, or as many as are set; they are the only ones to be promoted. */
    ON,
    /** For any one of all standbys, or any as many as are set. */
    QUORUM
}
