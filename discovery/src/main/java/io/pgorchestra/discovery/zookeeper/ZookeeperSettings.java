package io.pgorchestra.discovery.zookeeper;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where ZooKeeper is, and which part of it is ours.
 *
 * @param connect as ZooKeeper writes it: {@code zk1:2181,zk2:2181,zk3:2181}
 * @param chroot a path below which everything lies; empty for none
 * @param path of the cluster, below {@code chroot}: {@code /orchestra/main}, or Patroni's {@code /service/main}
 * @param sessionTimeout after which ZooKeeper takes a silent process for gone; it may grant another, and a question says so if that is too
 *     short for the lease
 * @param digest null for none
 * @param tls null for a plain connection
 */
public record ZookeeperSettings(
        String connect,
        String chroot,
        String path,
        Duration sessionTimeout,
        @Nullable Digest digest,
        @Nullable Tls tls) {

    public static final Duration DEFAULT_SESSION_TIMEOUT = Duration.ofSeconds(6);

    public ZookeeperSettings {
        if (connect.isBlank() || connect.contains("/")) {
            throw new IllegalArgumentException("connect: \"" + connect
                    + "\" (expected: host:port[,host:port...]; a path goes into the setting for the chroot)");
        }
        if (!chroot.isEmpty()) {
            PathUtils.validatePath(chroot);
        }
        PathUtils.validatePath(path);
        if (path.equals("/")) {
            throw new IllegalArgumentException("path: / (expected: one of the cluster's own, as /orchestra/main)");
        }
        if (sessionTimeout.toMillis() < 1 || sessionTimeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("session timeout: " + sessionTimeout + " (expected: some seconds)");
        }
    }

    public static ZookeeperSettings of(String connect, String path) {
        return new ZookeeperSettings(connect, "", path, DEFAULT_SESSION_TIMEOUT, null, null);
    }

    public ZookeeperSettings withSessionTimeout(Duration timeout) {
        return new ZookeeperSettings(connect, chroot, path, timeout, digest, tls);
    }

    public ZookeeperSettings withDigest(Digest newDigest) {
        return new ZookeeperSettings(connect, chroot, path, sessionTimeout, newDigest, tls);
    }

    public ZookeeperSettings withTls(Tls newTls) {
        return new ZookeeperSettings(connect, chroot, path, sessionTimeout, digest, newTls);
    }

    /** How long a question waits: so short that two may fail before a lease, which is shorter than a session, has ended. */
    Duration askTimeout() {
        return sessionTimeout.dividedBy(3);
    }

    String connectString() {
        return connect + chroot;
    }

    ZKClientConfig clientConfig() {
        ZKClientConfig config = new ZKClientConfig();
        // Without it the client looks up the servers' names backwards before it connects, which may take as long as DNS
        // likes.
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        if (tls != null) {
            tls.apply(config);
        }
        return config;
    }

    /**
     * A user and a password of ZooKeeper's digest scheme. What Orchestra creates then belongs to that user, and everybody may read it.
     */
    public record Digest(String user, String password) {
        byte[] bytes() {
            return (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return user;
        }
    }

    /**
     * Certificates for ZooKeeper; stores are JKS, PKCS12 or PEM, by the ending of their names. Servers must be called in {@code connect} as
     * in their certificates; Netty would not have it otherwise.
     *
     * @param trustStore null for the JDK's
     * @param keyStore null if the servers ask for no certificate
     */
    public record Tls(
            @Nullable Path trustStore,
            String trustStorePassword,
            @Nullable Path keyStore,
            String keyStorePassword) {

        private void apply(ZKClientConfig config) {
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            config.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            try (ClientX509Util names = new ClientX509Util()) {
                if (trustStore != null) {
                    config.setProperty(names.getSslTruststoreLocationProperty(), trustStore.toString());
                    config.setProperty(names.getSslTruststorePasswdProperty(), trustStorePassword);
                }
                if (keyStore != null) {
                    config.setProperty(names.getSslKeystoreLocationProperty(), keyStore.toString());
                    config.setProperty(names.getSslKeystorePasswdProperty(), keyStorePassword);
                }
            }
        }

        @Override
        public String toString() {
            return "trustStore=" + trustStore + " keyStore=" + keyStore;
        }
    }
}
