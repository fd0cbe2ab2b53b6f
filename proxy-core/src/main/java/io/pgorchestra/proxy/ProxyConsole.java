package io.pgorchestra.proxy;

import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.pool.Pool;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.admin.AdminException;
import io.pgorchestra.proxy.admin.AdminTarget;
import io.pgorchestra.proxy.admin.ClientRow;
import io.pgorchestra.proxy.admin.ClusterRow;
import io.pgorchestra.proxy.admin.CommandResult;
import io.pgorchestra.proxy.admin.DatabaseRow;
import io.pgorchestra.proxy.admin.DatabaseScope;
import io.pgorchestra.proxy.admin.EpochRow;
import io.pgorchestra.proxy.admin.EventKind;
import io.pgorchestra.proxy.admin.EventRow;
import io.pgorchestra.proxy.admin.ListsRow;
import io.pgorchestra.proxy.admin.MemoryRow;
import io.pgorchestra.proxy.admin.NodeRow;
import io.pgorchestra.proxy.admin.PoolRow;
import io.pgorchestra.proxy.admin.ProxyState;
import io.pgorchestra.proxy.admin.Readiness;
import io.pgorchestra.proxy.admin.ServerRow;
import io.pgorchestra.proxy.admin.SettingRow;
import io.pgorchestra.proxy.admin.ShutdownMode;
import io.pgorchestra.proxy.admin.StatsRow;
import io.pgorchestra.proxy.admin.TrafficTotals;
import io.pgorchestra.proxy.admin.UserRow;
import io.pgorchestra.proxy.client.ClientRegistry;
import io.pgorchestra.proxy.client.PoolHome;
import io.pgorchestra.proxy.config.ConfigProblems;
import io.pgorchestra.proxy.config.SettingRejected;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.server.ServerConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The proxy as its console and its metrics see it. For all threads; asks each loop for its part. */
final class ProxyConsole implements AdminTarget {

    private static final String VERSION = "Orchestra 0.1.0";

    private final Proxy proxy;
    private final List<ProxyLoop> loops;
    private final Pools pools;
    private final ClientRegistry registry;
    private @Nullable ProxyAccess clients;

    ProxyConsole(Proxy proxy, List<ProxyLoop> loops, Pools pools, ClientRegistry registry) {
        this.proxy = proxy;
        this.loops = loops;
        this.pools = pools;
        this.registry = registry;
    }

    /** The clients' door, which DISABLE shuts. */
    void clients(ProxyAccess access) {
        clients = access;
    }

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public ProxyState state() {
        return pools.paused().contains("") ? ProxyState.PAUSED : ProxyState.ACTIVE;
    }

    @Override
    public Readiness readiness() {
        return proxy.draining() ? Readiness.notReady("draining") : Readiness.READY;
    }

    @Override
    public CompletionStage<List<ClientRow>> clients() {
        return rows(loop -> {
            List<ClientRow> rows = new ArrayList<>();
            loop.clients().forEach(session -> rows.add(ConsoleRows.client(session)));
            return rows;
        });
    }

    @Override
    public CompletionStage<List<ServerRow>> servers() {
        return rows(loop -> {
            List<ServerRow> rows = new ArrayList<>();
            loop.homes()
                    .forEach(home -> home.allServers()
                            .forEach(servers ->
                                    servers.pool().forEachSlot(slot -> rows.add(ConsoleRows.server(home, slot)))));
            return rows;
        });
    }

    @Override
    public CompletionStage<List<PoolRow>> pools() {
        return rows(loop -> loop.homes().stream().map(ConsoleRows::pool).toList());
    }

    @Override
    public CompletionStage<List<DatabaseRow>> databases() {
        TreeSet<String> names = new TreeSet<>(proxy.config().databases().keySet());
        names.remove("*");
        return rows(loop ->
                        loop.homes().stream().map(home -> home.key().database()).toList())
                .thenApply(used -> {
                    names.addAll(used);
                    return names.stream()
                            .map(name -> ConsoleRows.database(name, proxy.config(), pools, registry, disabled(name)))
                            .toList();
                });
    }

    private boolean disabled(String database) {
        ProxyAccess access = clients;
        return access != null && access.disabled().contains(database);
    }

    @Override
    public CompletionStage<List<UserRow>> users() {
        TreeSet<String> names = new TreeSet<>(proxy.config().userList().names());
        names.addAll(proxy.config().users().keySet());
        return rows(loop -> loop.homes().stream().map(home -> home.key().user()).toList())
                .thenApply(used -> {
                    names.addAll(used);
                    return names.stream()
                            .map(name -> ConsoleRows.user(name, proxy.config(), pools, registry))
                            .toList();
                });
    }

    @Override
    public CompletionStage<ListsRow> lists() {
        return pools().thenCombine(users(), (poolRows, userRows) -> {
            int idle = poolRows.stream().mapToInt(PoolRow::serversIdle).sum();
            int busy = poolRows.stream()
                    .mapToInt(row -> row.serversActive() + row.serversTested() + row.serversLogin())
                    .sum();
            int databases =
                    (int) poolRows.stream().map(PoolRow::database).distinct().count();
            int connected = registry.connected();
            return new ListsRow(
                    databases,
                    userRows.size(),
                    poolRows.size(),
                    Math.max(0, proxy.config().maxClientConn() - connected),
                    connected,
                    registry.loggingIn(),
                    idle,
                    busy);
        });
    }

    @Override
    public CompletionStage<List<StatsRow>> stats() {
        return rows(loop -> loop.homes().stream().map(ConsoleRows::stats).toList())
                .thenApply(ProxyConsole::byDatabase);
    }

    private static List<StatsRow> byDatabase(List<StatsRow> rows) {
        Map<String, TrafficTotals> sums = new TreeMap<>();
        rows.forEach(row -> sums.merge(row.database(), row.totals(), TrafficTotals::plus));
        return sums.entrySet().stream()
                .map(entry -> new StatsRow(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public CompletionStage<List<SettingRow>> settings() {
        return CompletableFuture.completedFuture(proxy.config().rows().stream()
                .map(row -> new SettingRow(row.key(), row.value(), row.defaultValue(), row.changeable()))
                .toList());
    }

    @Override
    public CompletionStage<List<ClusterRow>> cluster() {
        Cluster watched = proxy.cluster();
        return CompletableFuture.completedFuture(
                List.of(watched == null ? ClusterRows.unwatched(proxy.config().cluster()) : ClusterRows.of(watched)));
    }

    @Override
    public CompletionStage<List<NodeRow>> nodes() {
        Cluster watched = proxy.cluster();
        return CompletableFuture.completedFuture(watched == null ? List.of() : ClusterRows.nodes(watched));
    }

    @Override
    public CompletionStage<List<EpochRow>> epochs() {
        Cluster watched = proxy.cluster();
        return CompletableFuture.completedFuture(watched == null ? List.of() : ClusterRows.epochs(watched));
    }

    @Override
    public CompletionStage<CommandResult> switchover(String to) {
        Cluster watched = proxy.cluster();
        if (watched == null || watched.conductor() == null) {
            throw new AdminException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "no conductor runs in this process",
                    "Set conductor: on in the section cluster, or use the tool that manages failover here.");
        }
        return watched.switchOver(to).handle((published, failure) -> {
            if (failure != null) {
                throw new AdminException(
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "switchover not done: " + failure.getMessage(),
                        "SHOW EPOCHS tells what happened, SHOW NODES how the nodes are.");
            }
            return CommandResult.DONE;
        });
    }

    @Override
    public CompletionStage<List<MemoryRow>> memory() {
        return CompletableFuture.completedFuture(ConsoleRows.memory());
    }

    @Override
    public CompletionStage<List<EventRow>> events() {
        return rows(loop -> loop.homes().stream()
                        .flatMap(home -> ConsoleRows.events(home).stream())
                        .toList())
                .thenApply(ofPools -> {
                    List<EventRow> rows = new ArrayList<>(ofPools);
                    for (ClientCloseReason reason : ClientCloseReason.values()) {
                        rows.add(new EventRow(EventKind.CLIENT_CLOSED, "", reason.label(), registry.closes(reason)));
                    }
                    return rows;
                });
    }

    // --- commands ---

    @Override
    public CompletionStage<CommandResult> pause(DatabaseScope scope) {
        pools.paused().add(scope.database());
        return onPools(scope, Pool::pause)
                .thenCompose(ignored -> whenPaused(scope))
                .thenApply(ignored -> CommandResult.DONE);
    }

    private CompletionStage<@Nullable Void> whenPaused(DatabaseScope scope) {
        return Proxy.askAll(loops, loop -> {
                    List<Pool<ServerConnection>> waiting = new ArrayList<>();
                    for (PoolHome home : inScope(loop, scope)) {
                        home.allServers().forEach(servers -> waiting.add(servers.pool()));
                    }
                    CompletableFuture<@Nullable Void> here = new CompletableFuture<>();
                    AtomicInteger left = new AtomicInteger(waiting.size());
                    if (waiting.isEmpty()) {
                        here.complete(null);
                    }
                    waiting.forEach(pool -> pool.onPaused(() -> {
                        if (left.decrementAndGet() == 0) {
                            here.complete(null);
                        }
                    }));
                    return here;
                })
                .thenCompose(parts -> CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)));
    }

    @Override
    public CompletionStage<CommandResult> resume(DatabaseScope scope) {
        if (scope.isAll()) {
            pools.paused().clear();
        } else {
            pools.paused().remove(scope.database());
        }
        return onPools(scope, Pool::resume);
    }

    @Override
    public CompletionStage<CommandResult> suspend() {
        return CompletableFuture.failedFuture(new AdminException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "SUSPEND is for PgBouncer's online restart, which this proxy does not have; use PAUSE"));
    }

    @Override
    public boolean mayHave(String database) {
        return proxy.config().database(database) != null || pools.paused().contains(database) || disabled(database);
    }

    @Override
    public CompletionStage<CommandResult> disable(String database) {
        ProxyAccess access = clients;
        if (access != null) {
            access.disabled().add(database);
        }
        return CompletableFuture.completedFuture(CommandResult.DONE);
    }

    @Override
    public CompletionStage<CommandResult> enable(String database) {
        ProxyAccess access = clients;
        if (access != null) {
            access.disabled().remove(database);
        }
        return CompletableFuture.completedFuture(CommandResult.DONE);
    }

    @Override
    public CompletionStage<CommandResult> reconnect(DatabaseScope scope) {
        return onPools(scope, Pool::reconnect);
    }

    @Override
    public CompletionStage<CommandResult> kill(DatabaseScope scope) {
        pools.paused().add(scope.database());
        return Proxy.askAll(loops, loop -> {
                    loop.clients().forEach(session -> {
                        if (scope.includes(session.identity().database())) {
                            session.fail(Failure.killed());
                        }
                    });
                    inScope(loop, scope)
                            .forEach(home -> home.allServers().forEach(servers -> {
                                servers.pool().pause();
                                servers.pool().kill(CloseReason.KILLED);
                            }));
                    return loop;
                })
                .thenApply(ignored -> CommandResult.DONE);
    }

    @Override
    public CompletionStage<CommandResult> killClient(long clientId) {
        return Proxy.askAll(loops, loop -> {
                    boolean[] found = new boolean[1];
                    loop.clients().forEach(session -> {
                        if (session.id() == clientId) {
                            session.fail(Failure.killed());
                            found[0] = true;
                        }
                    });
                    return found[0];
                })
                .thenApply(found -> {
                    if (!found.contains(true)) {
                        throw new AdminException(
                                SqlState.UNDEFINED_OBJECT,
                                "no client has the id " + clientId + " (expected: one of SHOW CLIENTS)");
                    }
                    return CommandResult.DONE;
                });
    }

    @Override
    public CompletionStage<CommandResult> waitClose(DatabaseScope scope) {
        return Proxy.askAll(
                        loops,
                        loop -> inScope(loop, scope).stream()
                                .flatMap(home -> home.allServers().stream())
                                .allMatch(servers -> servers.pool().counts().servers() == 0))
                .thenCompose(empty -> empty.contains(false)
                        ? CompletableFuture.supplyAsync(
                                        () -> scope, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                                .thenCompose(this::waitClose)
                        : CompletableFuture.completedFuture(CommandResult.DONE));
    }

    @Override
    public CompletionStage<CommandResult> reload() {
        try {
            return CompletableFuture.completedFuture(new CommandResult(proxy.reload()));
        } catch (ConfigProblems problems) {
            return CompletableFuture.failedFuture(new AdminException(
                    SqlState.CONFIGURATION_LIMIT_EXCEEDED, "RELOAD changed nothing: " + problems.getMessage()));
        }
    }

    @Override
    public CompletionStage<CommandResult> set(String key, String value) {
        try {
            proxy.set(key, value);
            return CompletableFuture.completedFuture(CommandResult.DONE);
        } catch (SettingRejected rejected) {
            return CompletableFuture.failedFuture(
                    new AdminException(SqlState.INVALID_PARAMETER_VALUE, String.valueOf(rejected.getMessage())));
        }
    }

    @Override
    public CompletionStage<CommandResult> shutdown(ShutdownMode mode) {
        switch (mode) {
            case IMMEDIATE -> new Thread(proxy::close, "shutdown").start();
            case WAIT_FOR_SERVERS -> new Thread(this::drain, "shutdown").start();
            case WAIT_FOR_CLIENTS -> proxy.stopWhenEmpty();
        }
        return CompletableFuture.completedFuture(CommandResult.DONE);
    }

    private void drain() {
        try {
            proxy.drainAndStop(proxy.config().shutdownTimeout());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletionStage<CommandResult> onPools(DatabaseScope scope, Consumer<Pool<ServerConnection>> action) {
        return Proxy.askAll(loops, loop -> {
                    inScope(loop, scope)
                            .forEach(home -> home.allServers().forEach(servers -> action.accept(servers.pool())));
                    return loop;
                })
                .thenApply(ignored -> CommandResult.DONE);
    }

    private static List<PoolHome> inScope(ProxyLoop loop, DatabaseScope scope) {
        return loop.homes().stream()
                .filter(home -> scope.includes(home.key().database()))
                .toList();
    }

    private <T> CompletionStage<List<T>> rows(Function<ProxyLoop, List<T>> question) {
        return Proxy.askAll(loops, question)
                .thenApply(parts -> parts.stream().flatMap(List::stream).toList());
    }
}
