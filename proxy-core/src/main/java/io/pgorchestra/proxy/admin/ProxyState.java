package io.pgorchestra.proxy.admin;

/** Whether the proxy as a whole passes traffic; SHOW STATE. */
public enum ProxyState {
    ACTIVE,
    PAUSED,
    SUSPENDED
}
