package io.pgorchestra.lab;

import io.pgorchestra.proxy.Proxy;
import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigProblems;
import io.pgorchestra.proxy.config.ProxyConfig;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A proxy of a test's own on a free port, in this JVM, in front of one node; it trusts every client, unless told an auth_type. */
public final class ProxyUnderTest implements AutoCloseable {

    private final Proxy proxy;

    private ProxyUnderTest(Proxy proxy) {
        this.proxy = proxy;
    }

    /** Starts a proxy; {@code settings} are further lines of its orchestra.yaml. */
    public static ProxyUnderTest start(int nodePort, String... settings) {
        return start(Path.of("").toAbsolutePath(), """
                cluster:
                  name: main
                  discovery: static
                  nodes: [127.0.0.1:%d]
                """.formatted(nodePort) + String.join("\n", settings) + "\n");
    }

    /**
     * Starts a proxy.
     *
     * @param base where its epoch file goes
     * @param settings lines of its orchestra.yaml, the cluster among them
     */
    public static ProxyUnderTest start(Path base, String settings) {
        String yaml = """
                listen: 127.0.0.1:0
                admin_listen: off
                admin_users: [postgres]
                """
                + (settings.contains("auth_type:") ? "" : "auth_type: trust\n")
                + (settings.contains("http_listen:") ? "" : "http_listen: off\n");
        try {
            return of(ConfigLoader.loadYaml(yaml + settings, base));
        } catch (ConfigProblems e) {
            throw new LabException("Cannot start the proxy under test: " + e.getMessage(), e);
        }
    }

    /** Starts a proxy from a pgbouncer.ini, where each database may be on a node of its own. */
    public static ProxyUnderTest start(Path pgbouncerIni) {
        try {
            return of(ConfigLoader.load(pgbouncerIni));
        } catch (ConfigProblems e) {
            throw new LabException("Cannot start the proxy under test: " + e.getMessage(), e);
        }
    }

    private static ProxyUnderTest of(ProxyConfig config) {
        try {
            return new ProxyUnderTest(Proxy.start(config));
        } catch (BindException e) {
            throw new LabException("Cannot start the proxy under test: " + e.getMessage(), e);
        }
    }

    /** A connection through the proxy as superuser to database {@code postgres}. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port() + "/postgres", EmbeddedPostgres.SUPERUSER, "");
    }

    /** Where clients connect, on 127.0.0.1. */
    public int port() {
        return proxy.clientAddress().getPort();
    }

    /** Where /metrics is, if {@code http_listen} is among the settings. */
    public InetSocketAddress httpAddress() {
        return proxy.httpAddress();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
