package io.pgorchestra.proxy.config;

/** How a client proves who it is; PgBouncer's {@code auth_type}. */
public enum AuthType {
    /** Not at all: any user that is asked for is let in. */
    TRUST,
    /** By the clear password; for tests and for secrets that no challenge can check. */
    PLAIN,
    /** By an MD5 challenge, or by SCRAM where the user's secret is a SCRAM one. */
    MD5,
    /** By SCRAM-SHA-256. */
    SCRAM_SHA_256
}
