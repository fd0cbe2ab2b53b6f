package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.View;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Our own znode says who is primary. For all threads; answers come on ZooKeeper's thread, which must not be held up.
 *
 * <pre>
 * /orchestra/main                  persistent; its czxid is the incarnation
 * /orchestra/main/primary          persistent; a {@link PrimaryRecord}
 * /orchestra/main/proxies          persistent; written when a process has news for the others
 * /orchestra/main/proxies/ID       ephemeral; the report of a process
 * </pre>
 */
public final class ZnodeAuthority implements Authority {

    private final ZookeeperSession session;
    private final String path;
    private final Questions questions;
    private final PrimaryZnode primary;

    /** Begins to connect, and returns at once. */
    public ZnodeAuthority(ZookeeperSettings settings) {
        this(new ZookeeperSession(settings));
    }

    ZnodeAuthority(ZookeeperSession session) {
        this.session = session;
        path = session.settings().path();
        primary = new PrimaryZnode(session);
        String proxies = path + "/proxies";
        questions = new Questions(session, proxies, this::view, List.of(primary.path(), proxies));
    }

    @Override
    public CompletionStage<Confirmation> confirm(ProxyReport mine) {
        return questions.ask(mine);
    }

    private CompletableFuture<View> view(Pipeline pipeline) {
        return primary.read(pipeline).thenCombine(pipeline.stat(path), (versioned, root) -> {
            String authority = incarnation(root);
            PrimaryRecord record = versioned.present();
            return record == null
                    ? new View(new Epoch(new Incarnation(authority, 0), 0, 0), null, List.of(), Set.of())
                    : record.view(authority);
        });
    }

    private String incarnation(@Nullable Stat root) {
        if (root == null) {
            throw new AuthorityException(path + " was deleted");
        }
        return Long.toString(root.getCzxid());
    }

    /** The writing side, on the same session. */
    public PrimaryZnode primary() {
        return primary;
    }

    @Override
    public void onHint(Runnable hint) {
        session.onHint(hint);
    }

    @Override
    public void close() {
        session.close();
    }
}
