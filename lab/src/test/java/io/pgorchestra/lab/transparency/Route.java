package io.pgorchestra.lab.transparency;

/** A way from a script's client to the server, other than the direct one. */
enum Route {
    /** A proxy in session mode. */
    SESSION("session", false, Integer.MAX_VALUE),

    /** A proxy in transaction mode, with the server to oneself. */
    TRANSACTION("transaction", false, Integer.MAX_VALUE),

    /** As {@link #TRANSACTION}, and all that is sent comes in pieces that end within headers, names and numbers. */
    PIECES("transaction", false, 3),

    /** A proxy in transaction mode, where after every transaction the next one gets another server, left behind by somebody else. */
    OTHER_SERVERS("transaction", true, Integer.MAX_VALUE);

    private final String poolMode;
    private final boolean disturbed;
    private final int maxWriteBytes;

    Route(String poolMode, boolean disturbed, int maxWriteBytes) {
        this.poolMode = poolMode;
        this.disturbed = disturbed;
        this.maxWriteBytes = maxWriteBytes;
    }

    String poolMode() {
        return poolMode;
    }

    boolean disturbed() {
        return disturbed;
    }

    int maxWriteBytes() {
        return maxWriteBytes;
    }
}
