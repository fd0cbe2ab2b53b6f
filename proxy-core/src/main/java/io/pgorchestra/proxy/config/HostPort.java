package io.pgorchestra.proxy.config;

import io.pgorchestra.discovery.Node;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port as an operator writes them: {@code 127.0.0.1:6432}, {@code [::1]:6432}, or {@code *:6432} for all
 * addresses of this machine. The host is not resolved here.
 *
 * @param port zero asks the system for a free one, which only a listener may do
 */
public record HostPort(String host, int port) {
    private static final String ALL_ADDRESSES = "*";
    static final int MAX_PORT = 65535;

    public HostPort {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host is empty (expected: a name or an address)");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }

    /** The address that the text names, or null when it names none. */
    static @Nullable HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return null;
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        boolean plausible = bracketed ? host.contains(":") : host.matches("[^\\s:/\\[\\]]+");
        Integer port = SettingTypes.wholeNumber(0, MAX_PORT).parse(text.substring(colon + 1));
        return plausible && port != null ? new HostPort(host, port) : null;
    }

    static HostPort of(Node node) {
        return new HostPort(node.host(), node.port());
    }

    /** The node there, under no other name. */
    public Node node() {
        return new Node(toString(), host, port);
    }

    /** Where to bind: all addresses for {@code *}. Resolves the host, so not for an event loop. */
    public InetSocketAddress bindAddress() {
        return host.equals(ALL_ADDRESSES) ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
