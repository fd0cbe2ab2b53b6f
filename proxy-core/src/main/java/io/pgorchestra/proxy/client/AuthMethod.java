package io.pgorchestra.proxy.client;

/** How a client proves who it is. */
public enum AuthMethod {
    TRUST,
    PLAIN,
    MD5,
    SCRAM_SHA_256
}
