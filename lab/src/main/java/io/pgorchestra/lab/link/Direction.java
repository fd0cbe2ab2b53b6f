package io.pgorchestra.lab.link;

/** Which way bytes go on a link, seen from the party that connects. */
public enum Direction {
    /** From the party that connects to the one that listens. */
    FORTH,
    /** From the party that listens to the one that connects. */
    BACK
}
