package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.View;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Patroni says who is primary, by its znodes in ZooKeeper. We only read those; what our own processes write lies elsewhere. For all
 * threads; answers come on ZooKeeper's thread, which must not be held up.
 *
 * <p>See <a href="https://patroni.readthedocs.io/en/latest/dcs_failsafe_mode.html">Patroni's documentation</a>; what the znodes hold is in
 * its {@code patroni/dcs}.
 */
public final class PatroniAuthority implements Authority {

    private final ZookeeperSession session;
    private final String path;
    private final ChildrenReader members;
    private final PatroniVerdict verdict;
    private final LastEpochZnode lastEpoch;
    private final Questions questions;

    /**
     * Begins to connect, and returns at once.
     *
     * @param settings their path is Patroni's: {@code /namespace/scope}
     * @param proxies the znode above our reports; {@link #defaultProxies} unless somebody wants another
     */
    public PatroniAuthority(ZookeeperSettings settings, String proxies) {
        this(new ZookeeperSession(settings), proxies, Instant::now);
    }

    PatroniAuthority(ZookeeperSession session, String proxies, Supplier<Instant> now) {
        this.session = session;
        path = session.settings().path();
        members = new ChildrenReader(path + "/members");
        verdict = new PatroniVerdict(path, now);
        lastEpoch = new LastEpochZnode(session, proxies.substring(0, proxies.lastIndexOf('/')) + "/epoch");
        questions = new Questions(
                session,
                proxies,
                this::view,
                List.of(path + "/leader", path + "/failover", path + "/config", path + "/initialize", proxies));
    }

    /** {@code /orchestra/SCOPE/proxies} for {@code /service/SCOPE}. */
    public static String defaultProxies(String path) {
        return "/orchestra" + path.substring(path.lastIndexOf('/')) + "/proxies";
    }

    @Override
    public CompletionStage<Confirmation> confirm(ProxyReport mine) {
        return questions.ask(mine);
    }

    private CompletableFuture<View> view(Pipeline pipeline) {
        CompletableFuture<@Nullable Stat> root = pipeline.stat(path);
        CompletableFuture<Pipeline.@Nullable Znode> initialize = pipeline.read(path + "/initialize");
        CompletableFuture<Pipeline.@Nullable Znode> leader = pipeline.read(path + "/leader");
        CompletableFuture<Pipeline.@Nullable Znode> config = pipeline.read(path + "/config");
        CompletableFuture<Pipeline.@Nullable Znode> failover = pipeline.read(path + "/failover");
        CompletableFuture<Pipeline.@Nullable Znode> failsafe = pipeline.read(path + "/failsafe");
        CompletableFuture<Map<String, Pipeline.Znode>> present = members.read(pipeline);
        CompletableFuture<Pipeline.@Nullable Znode> last = pipeline.read(lastEpoch.path());
        return Futures.all(List.of(root, initialize, leader, config, failover, failsafe, present, last))
                .thenApply(done -> {
                    Stat stat = root.join();
                    View view = verdict.view(new PatroniTree(
                            stat == null ? 0 : stat.getPzxid(),
                            initialize.join(),
                            leader.join(),
                            json(config.join()),
                            json(failover.join()),
                            json(failsafe.join()),
                            contents(present.join())));
                    return lastEpoch.applyTo(view, last.join(), pipeline);
                });
    }

    private static JsonNode json(Pipeline.@Nullable Znode znode) {
        return Json.readLeniently(znode == null ? "" : znode.content());
    }

    private static Map<String, JsonNode> contents(Map<String, Pipeline.Znode> znodes) {
        Map<String, JsonNode> contents = new LinkedHashMap<>();
        znodes.forEach((name, znode) -> contents.put(name, json(znode)));
        return contents;
    }

    @Override
    public void remember(Epoch epoch) {
        lastEpoch.remember(epoch);
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
