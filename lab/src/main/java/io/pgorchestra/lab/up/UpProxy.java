package io.pgorchestra.lab.up;

import io.pgorchestra.discovery.sql.Demotion;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.proxy.Proxy;
import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigProblems;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** The proxy in front of the lab's nodes: the one place where {@code orchestra up} meets the proxy's own interface. */
final class UpProxy implements AutoCloseable {

    private static final Duration DRAIN_TIME = Duration.ofSeconds(2);

    private final Proxy proxy;
    private final int port;

    private UpProxy(Proxy proxy, int port) {
        this.proxy = proxy;
        this.port = port;
    }

    /** @param demotion stops a primary in order and starts it as a standby */
    static UpProxy start(
            UpPorts ports,
            ClusterLayout layout,
            int poolSize,
            String synchronous,
            String reads,
            Path directory,
            Demotion demotion) {
        try {
            return new UpProxy(
                    Proxy.start(
                            ConfigLoader.loadYaml(
                                    configuration(ports, layout, poolSize, synchronous, reads), directory),
                            demotion),
                    ports.clients());
        } catch (BindException e) {
            // Taken between the check and now.
            throw new LabException("The proxy cannot listen: " + e.getMessage(), e);
        } catch (ConfigProblems e) {
            throw new IllegalStateException("our own configuration: " + e.getMessage(), e);
        }
    }

    /** Where clients connect. */
    int port() {
        return port;
    }

    /** What an orchestra.yaml for the same would say. */
    static String configuration(UpPorts ports, ClusterLayout layout, int poolSize, String synchronous, String reads) {
        return """
                listen: 127.0.0.1:%d
                admin_listen: 127.0.0.1:%d
                http_listen: 127.0.0.1:%d
                pool_mode: transaction
                default_pool_size: %d
                reads: %s
                auth_type: trust
                admin_users: [%s]
                cluster:
                  name: main
                  discovery: znode
                  zookeeper: "%s"
                  conductor: on
                  synchronous: %s
                  nodes: [%s]
                databases:
                  "*": {}
                """.formatted(
                        ports.clients(),
                        ports.admin(),
                        ports.http(),
                        poolSize,
                        reads,
                        EmbeddedPostgres.SUPERUSER,
                        layout.zookeeper(),
                        synchronous,
                        layout.nodes().stream()
                                .map(node -> node.name() + "=" + node.address())
                                .collect(Collectors.joining(", ")));
    }

    /** Has the conductor hand over to a node, or to the best one where the name is empty; returns when that is the primary. */
    void switchOver(String to) {
        try {
            proxy.switchOver(to).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new LabException("Not switched over: " + e.getMessage(), e);
        }
    }

    /** Runs {@code action} once, when the proxy has stopped, be it by SHUTDOWN on its console. */
    void onStop(Runnable action) {
        Thread waiter = new Thread(
                () -> {
                    try {
                        proxy.awaitStop();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    action.run();
                },
                "up-await-stop");
        waiter.setDaemon(true);
        waiter.start();
    }

    /** Lets transactions finish for a short time, then closes every connection. */
    @Override
    public void close() {
        try {
            proxy.drainAndStop(DRAIN_TIME);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            proxy.close();
        }
    }
}
