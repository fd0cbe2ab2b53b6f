package io.pgorchestra.discovery;

/**
 * A Postgres instance of the cluster: what it is called and where it answers.
 *
 * @param name unique in the cluster; Patroni's member name, or ours, or {@code host:port} where nothing else names it
 */
public record Node(String name, String host, int port) {
    public Node {
        if (name.isEmpty() || host.isEmpty()) {
            throw new IllegalArgumentException(
                    "node \"" + name + "\" at \"" + host + "\" (expected: a name and a host)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port of node " + name + ": " + port + " (expected: 1 to 65535)");
        }
    }

    public String address() {
        return host + ":" + port;
    }

    @Override
    public String toString() {
        return name.equals(address()) ? name : name + "(" + address() + ")";
    }
}
