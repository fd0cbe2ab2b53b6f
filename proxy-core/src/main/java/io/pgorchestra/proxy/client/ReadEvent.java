package io.pgorchestra.proxy.client;

/** What is counted of sessions that may read from standbys, each by its reason. */
public enum ReadEvent {
    ROUTED_TO_PRIMARY,
    ROUTED_TO_STANDBY,
    ROUTED_TO_NOBODY,
    COMMIT_POSSIBLY_LOST
}
