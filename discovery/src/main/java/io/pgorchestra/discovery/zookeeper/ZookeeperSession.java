package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.AuthorityException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our session with ZooKeeper: one after the other, each with a handle of its own. Curator makes a new one when the old has ended. For all
 * threads.
 */
final class ZookeeperSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ZookeeperSession.class);

    private final ZookeeperSettings settings;
    private final CuratorFramework curator;
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();
    private final AtomicBoolean farewell = new AtomicBoolean();

    /** Begins to connect, and returns at once. */
    ZookeeperSession(ZookeeperSettings settings) {
        this.settings = settings;
        int sessionMillis = (int) settings.sessionTimeout().toMillis();
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.connectString())
                .sessionTimeoutMs(sessionMillis)
                .connectionTimeoutMs(sessionMillis)
                .retryPolicy(new RetryOneTime(1))
                .zookeeperFactory(new Factory())
                .zkClientConfig(settings.clientConfig())
                .canBeReadOnly(false)
                // The servers' own list may name addresses that only they can reach.
                .ensembleTracker(false);
        if (settings.digest() != null) {
            builder.authorization("digest", settings.digest().bytes());
        }
        curator = builder.build();
        curator.getConnectionStateListenable().addListener((client, state) -> stateChanged(state));
        curator.start();
    }

    private void stateChanged(ConnectionState state) {
        LOG.info("zookeeper connection state={} servers={}", state, settings.connect());
        if (state == ConnectionState.CONNECTED || state == ConnectionState.RECONNECTED) {
            hint();
        }
    }

    void onHint(Runnable hint) {
        hints.add(hint);
    }

    void hint() {
        hints.forEach(Runnable::run);
    }

    ZookeeperSettings settings() {
        return settings;
    }

    /** For new znodes. */
    List<ACL> acl() {
        return settings.digest() == null
                ? ZooDefs.Ids.OPEN_ACL_UNSAFE
                : List.of(
                        new ACL(ZooDefs.Perms.ALL, ZooDefs.Ids.AUTH_IDS),
                        new ACL(ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
    }

    /**
     * The handle of the session that there is now, connected and not read-only. A handle never has but one session.
     *
     * @throws AuthorityException if there is none
     */
    ZooKeeper handle() {
        try {
            // Asked even if there is no connection, because it is this call that makes Curator give up a dead handle.
            ZooKeeper handle = curator.getZookeeperClient().getZooKeeper();
            if (handle.getState() == ZooKeeper.States.CONNECTED) {
                return handle;
            }
            throw new AuthorityException(
                    "no connection to ZooKeeper at " + settings.connect() + " (" + handle.getState() + ")");
        } catch (AuthorityException e) {
            throw e;
        } catch (Exception e) {
            throw new AuthorityException(
                    "no connection to ZooKeeper at " + settings.connect() + ": " + e.getMessage(), e);
        }
    }

    /** Gives up the present handle, as Curator does by itself when it has waited too long for a connection. */
    void discardHandle() throws Exception {
        curator.getZookeeperClient().reset();
    }

    /** Whether this handle's session is still ours. */
    boolean isCurrent(ZooKeeper handle) {
        try {
            return curator.getZookeeperClient().getZooKeeper() == handle;
        } catch (Exception e) {
            return false;
        }
    }

    /** What a request failed of, for an operator. */
    AuthorityException explain(Throwable failure) {
        Throwable cause = Futures.cause(failure);
        if (cause instanceof AuthorityException known) {
            return known;
        }
        String zookeeper = "ZooKeeper at " + settings.connect();
        if (cause instanceof TimeoutException) {
            return new AuthorityException(
                    zookeeper + " gave no answer within "
                            + settings.askTimeout().toMillis() + " ms",
                    cause);
        }
        if (cause instanceof KeeperException keeper) {
            return new AuthorityException(zookeeper + " answers " + keeper.code() + " for " + keeper.getPath(), cause);
        }
        return new AuthorityException("cannot read the answer of " + zookeeper + ": " + cause, cause);
    }

    /** Tells ZooKeeper that we go: our ephemeral znodes go at once. */
    @Override
    public void close() {
        farewell.set(true);
        curator.close();
    }

    private final class Factory implements ZookeeperFactory {

        @Override
        public ZooKeeper newZooKeeper(String connect, int sessionMillis, Watcher watcher, boolean canBeReadOnly)
                throws Exception {
            return newZooKeeper(connect, sessionMillis, watcher, canBeReadOnly, settings.clientConfig());
        }

        @Override
        public ZooKeeper newZooKeeper(
                String connect, int sessionMillis, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
                throws Exception {
            return new Handle(connect, sessionMillis, watcher, config);
        }
    }

    /**
     * A handle that says no goodbye unless we do. Curator discards handles on its own, by the wall clock among other things. A goodbye would
     * delete our ephemeral znode while our lease may still run, and others would take us for gone; without it the session runs out by
     * itself, later than the lease.
     */
    @SuppressWarnings("try") // ZooKeeper.close() may throw an InterruptedException.
    private final class Handle extends ZooKeeper {

        private Handle(String connect, int sessionMillis, Watcher watcher, ZKClientConfig config) throws IOException {
            super(connect, sessionMillis, watcher, config);
        }

        @Override
        public synchronized void close() throws InterruptedException {
            if (farewell.get() || !getState().isAlive()) {
                super.close();
            } else {
                getTestable().injectSessionExpiration();
            }
        }
    }
}
