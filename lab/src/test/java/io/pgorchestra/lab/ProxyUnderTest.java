package io.pgorchestra.lab;

import io.pgorchestra.proxy.Proxy;
import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigProblems;
import java.net.BindException;
import java.nio.file.Path;

/** A proxy of a test's own on a free port, in this JVM, in front of one node; it trusts every client. */
public final class ProxyUnderTest implements AutoCloseable {

    private final Proxy proxy;

    private ProxyUnderTest(Proxy proxy) {
        this.proxy = proxy;
    }

    /** Starts a proxy; {@code settings} are further lines of its orchestra.yaml. */
    public static ProxyUnderTest start(int nodePort, String... settings) {
        String yaml = """
                listen: 127.0.0.1:0
                admin_listen: off
                http_listen: off
                auth_type: trust
                cluster:
                  name: main
                  discovery: static
                  nodes: [127.0.0.1:%d]
                """.formatted(nodePort);
        try {
            return new ProxyUnderTest(Proxy.start(ConfigLoader.loadYaml(
                    yaml + String.join("\n", settings) + "\n", Path.of("").toAbsolutePath())));
        } catch (ConfigProblems | BindException e) {
            throw new LabException("Cannot start the proxy under test: " + e.getMessage(), e);
        }
    }

    /** Where clients connect, on 127.0.0.1. */
    public int port() {
        return proxy.clientAddress().getPort();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
