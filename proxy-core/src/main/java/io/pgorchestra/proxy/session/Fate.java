package io.pgorchestra.proxy.session;

/** What becomes of a reply. */
public enum Fate {
    /** The client asked for it: it is passed on. */
    FORWARD,
    /** The proxy asked for it: the client never sees it. */
    SWALLOW,
    /** The server was never asked: the proxy answers in its stead, in order. */
    SYNTHESIZE;

    private static final Fate[] VALUES = values();

    static Fate of(int ordinal) {
        return VALUES[ordinal];
    }
}
