package io.pgorchestra.discovery.zookeeper;

import static io.pgorchestra.discovery.zookeeper.Zookeepers.askInVain;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askUntil;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.await;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.report;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.zookeeper.ZookeeperSettings.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.auth.X509AuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsTest {

    private static final String PATH = "/orchestra/main";
    /** A first handshake on a busy machine takes seconds. */
    private static final Duration SESSION = Duration.ofSeconds(10);

    private static final String X509 = "zookeeper.authProvider.x509";
    private static final String PASSWORD = "changeit";

    @TempDir
    Path folder;

    /** ZooKeeper's server is told by system properties. */
    @AfterEach
    void clearProperties() {
        System.getProperties().keySet().removeIf(name -> name.toString().startsWith("zookeeper."));
    }

    @Test
    void serverAndClient_knowEachOtherByTheirCertificates() throws Exception {
        Stores ours = stores("ours", "127.0.0.1");
        try (SecureServer server = new SecureServer(ours);
                ZnodeAuthority authority = authority(server.port(), ours.tls())) {
            assertEquals(
                    0, askUntil(authority, "p", answer -> true).view().epoch().token());
        }
    }

    @Test
    void serverOfAnotherName_isNotTrusted() throws Exception {
        Stores ours = stores("ours", "127.0.0.2");

        assertRefused(ours, ours.tls());
    }

    @Test
    void serverWithAnUnknownCertificate_isNotTrusted() throws Exception {
        Stores ours = stores("ours", "127.0.0.1");
        Stores others = stores("others", "127.0.0.1");

        assertRefused(ours, new Tls(others.trust, PASSWORD, ours.key, PASSWORD));
    }

    /** There is no connection even when the first attempt has been given up. */
    private void assertRefused(Stores servers, Tls clients) throws Exception {
        try (SecureServer server = new SecureServer(servers);
                Relay relay = new Relay(server.port());
                ZnodeAuthority authority = authority(relay.port(), clients)) {
            await(() -> relay.accepted() >= 2, () -> "attempts: " + relay.accepted());

            String text = String.valueOf(askInVain(authority, report("p", 1)).getMessage());
            assertTrue(text.startsWith("no connection to ZooKeeper"), text);
        }
    }

    @Test
    void settings_asText_hideThePasswords() {
        Tls tls = new Tls(Path.of("trust.p12"), PASSWORD, Path.of("key.p12"), PASSWORD);

        assertFalse(settings("zk:2182", PATH).withTls(tls).toString().contains(PASSWORD));
    }

    private static ZnodeAuthority authority(int port, Tls tls) {
        return new ZnodeAuthority(
                settings("127.0.0.1:" + port, PATH).withSessionTimeout(SESSION).withTls(tls));
    }

    /** A certificate for an address, and a store in which it is trusted. */
    private record Stores(Path key, Path trust) {
        Tls tls() {
            return new Tls(trust, PASSWORD, key, PASSWORD);
        }
    }

    private Stores stores(String name, String address) throws IOException, InterruptedException {
        String key = folder.resolve(name + "-key.p12").toString();
        String trust = folder.resolve(name + "-trust.p12").toString();
        String certificate = folder.resolve(name).toString();
        keytool(key, "-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "SAN=IP:" + address);
        keytool(key, "-exportcert", "-file", certificate);
        keytool(trust, "-importcert", "-noprompt", "-file", certificate);
        return new Stores(Path.of(key), Path.of(trust));
    }

    private static void keytool(String store, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/keytool").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("-alias", "a", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), output);
    }

    /** Speaks nothing but TLS, and wants a certificate. */
    private final class SecureServer implements AutoCloseable {

        private final ServerCnxnFactory connections;

        private SecureServer(Stores stores) throws IOException, InterruptedException {
            System.setProperty("zookeeper.ssl.keyStore.location", stores.key().toString());
            System.setProperty("zookeeper.ssl.keyStore.password", PASSWORD);
            System.setProperty(
                    "zookeeper.ssl.trustStore.location", stores.trust().toString());
            System.setProperty("zookeeper.ssl.trustStore.password", PASSWORD);
            System.setProperty(
                    ServerCnxnFactory.ZOOKEEPER_SERVER_CNXN_FACTORY,
                    "org.apache.zookeeper.server.NettyServerCnxnFactory");
            System.setProperty(X509, X509AuthenticationProvider.class.getName());
            ProviderRegistry.addOrUpdateProvider(X509);
            connections = ServerCnxnFactory.createFactory();
            connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100, -1, true);
            Path data = folder.resolve("zookeeper");
            connections.startup(new ZooKeeperServer(data.toFile(), data.toFile(), 500));
        }

        int port() {
            return connections.getLocalPort();
        }

        @Override
        public void close() {
            connections.shutdown();
        }
    }
}
