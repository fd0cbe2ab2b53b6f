package io.pgorchestra.proxy.admin;

/** What a console user may do. */
public enum AdminRole {
    /** One of {@code admin_users}: everything. */
    ADMIN,
    /** One of {@code stats_users}: SHOW, and nothing that changes the proxy. */
    STATS
}
