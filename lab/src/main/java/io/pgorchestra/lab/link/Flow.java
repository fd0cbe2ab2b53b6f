package io.pgorchestra.lab.link;

/** What becomes of the bytes of one direction. */
enum Flow {
    OPEN,
    /** They wait, and are delivered after the thaw. */
    FROZEN,
    /** They vanish, and neither side is told. */
    DROPPED
}
