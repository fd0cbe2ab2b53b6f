package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.Node;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Patroni's {@code conn_url} of a member: {@code postgres://10.0.0.11:5432/postgres}. Not read with {@link java.net.URI}, which knows no
 * host with an underscore in it.
 */
final class ConnUrl {

    private static final Pattern FORM = Pattern.compile(
            "postgres(?:ql)?://(?:[^@/?#]*@)?(\\[[0-9A-Fa-f:.%]+\\]|[^:/?#@\\[\\],]+)(?::(\\d{1,5}))?(?:[/?#].*)?");
    private static final int DEFAULT_PORT = 5432;

    private ConnUrl() {}

    /** Null if this is no address of one node. */
    static @Nullable Node node(String name, String url) {
        Matcher parts = FORM.matcher(url);
        if (!parts.matches()) {
            return null;
        }
        String host = parts.group(1);
        int port = parts.group(2) == null ? DEFAULT_PORT : Integer.parseInt(parts.group(2));
        if (port < 1 || port > 65_535) {
            return null;
        }
        return new Node(name, host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }
}
