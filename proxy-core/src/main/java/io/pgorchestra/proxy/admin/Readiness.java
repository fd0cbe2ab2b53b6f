package io.pgorchestra.proxy.admin;

/** Whether new clients are welcome, and the reason in a few words. */
public record Readiness(boolean ready, String reason) {
    public static final Readiness READY = new Readiness(true, "ready");

    public static Readiness notReady(String reason) {
        return new Readiness(false, reason);
    }
}
