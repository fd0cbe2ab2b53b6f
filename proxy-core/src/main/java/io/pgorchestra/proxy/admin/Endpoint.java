package io.pgorchestra.proxy.admin;

/** One end of a socket, as text. A unix socket has the address {@code unix}. */
public record Endpoint(String address, int port) {
    /** The end of a connection that is not yet, or no longer, connected. */
    public static final Endpoint UNKNOWN = new Endpoint("", 0);

    public Endpoint {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }
}
