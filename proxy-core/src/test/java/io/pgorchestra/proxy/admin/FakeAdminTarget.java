package io.pgorchestra.proxy.admin;

import io.pgorchestra.pool.PoolMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A proxy of one client and one server, which remembers the commands that it was given. */
public final class FakeAdminTarget implements AdminTarget {
    private static final Instant CONNECTED = Instant.parse("2026-11-23T12:00:00Z");
    private static final Instant REQUESTED = Instant.parse("2026-11-23T12:00:05Z");

    /** The commands that arrived, oldest first. */
    public final List<String> commands = new ArrayList<>();

    /** What the next commands answer. */
    public CompletionStage<CommandResult> answer = CompletableFuture.completedFuture(CommandResult.DONE);

    public ProxyState state = ProxyState.ACTIVE;
    public Readiness readiness = Readiness.READY;
    public List<String> databases = List.of("app");
    public TrafficTotals totals = new TrafficTotals(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    public List<EventRow> events = List.of(new EventRow(EventKind.CLIENT_CLOSED, "app", "idle_timeout", 3));

    @Override
    public String version() {
        return "Orchestra 0.1.0";
    }

    @Override
    public ProxyState state() {
        return state;
    }

    @Override
    public Readiness readiness() {
        return readiness;
    }

    @Override
    public CompletionStage<List<ClientRow>> clients() {
        return CompletableFuture.completedFuture(List.of(new ClientRow(
                42,
                "web",
                "app",
                Replication.NONE,
                ClientState.ACTIVE,
                new Endpoint("10.0.0.7", 50123),
                new Endpoint("10.0.0.1", 6432),
                CONNECTED,
                REQUESTED,
                1_500_000_000L,
                false,
                7,
                0,
                "",
                "psql",
                2)));
    }

    @Override
    public CompletionStage<List<ServerRow>> servers() {
        return CompletableFuture.completedFuture(List.of(new ServerRow(
                7,
                "web",
                "app",
                Replication.NONE,
                ServerState.IDLE,
                new Endpoint("10.0.0.2", 5432),
                new Endpoint("10.0.0.1", 40001),
                CONNECTED,
                REQUESTED,
                0,
                true,
                0,
                4711,
                "",
                "",
                1)));
    }

    @Override
    public CompletionStage<List<PoolRow>> pools() {
        return CompletableFuture.completedFuture(databases.stream()
                .map(database -> new PoolRow(
                        database, "web", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2_000_003_000L, PoolMode.TRANSACTION, ""))
                .toList());
    }

    @Override
    public CompletionStage<List<DatabaseRow>> databases() {
        return CompletableFuture.completedFuture(databases.stream()
                .map(database -> new DatabaseRow(
                        database, "10.0.0.2", 5432, "appdb", "", 20, 0, 5, 3600, "", "", 100, 8, 0, 3, false, true))
                .toList());
    }

    @Override
    public CompletionStage<List<UserRow>> users() {
        return CompletableFuture.completedFuture(
                List.of(new UserRow("web", 30, UserRow.INHERITED, "session", 50, 8, 0, 3)));
    }

    @Override
    public CompletionStage<ListsRow> lists() {
        return CompletableFuture.completedFuture(new ListsRow(1, 2, 3, 97, 4, 1, 5, 6));
    }

    @Override
    public CompletionStage<List<StatsRow>> stats() {
        return CompletableFuture.completedFuture(databases.stream()
                .map(database -> new StatsRow(database, totals))
                .toList());
    }

    @Override
    public CompletionStage<List<SettingRow>> settings() {
        return CompletableFuture.completedFuture(List.of(
                new SettingRow("default_pool_size", "40", "20", true),
                new SettingRow("listen_port", "6432", "6432", false)));
    }

    @Override
    public CompletionStage<List<ClusterRow>> cluster() {
        return CompletableFuture.completedFuture(
                List.of(new ClusterRow("main", "znode", "open", "pg1", "10.0.0.1:5432", 42, 7, 3_900)));
    }

    @Override
    public CompletionStage<List<NodeRow>> nodes() {
        return CompletableFuture.completedFuture(List.of(new NodeRow(
                "pg2",
                "10.0.0.2",
                5432,
                "standby",
                7,
                0x1_0000_0028L,
                0x1_0000_0000L,
                0x28,
                15,
                "fit",
                "10.0.0.1:5432",
                12,
                "")));
    }

    @Override
    public CompletionStage<List<EpochRow>> epochs() {
        return CompletableFuture.completedFuture(
                List.of(new EpochRow(Instant.parse("2026-11-01T12:00:00Z"), "epoch_opened", 42, 7, "pg1")));
    }

    @Override
    public CompletionStage<CommandResult> switchover(String to) {
        return command("switchover " + to);
    }

    @Override
    public CompletionStage<List<MemoryRow>> memory() {
        return CompletableFuture.completedFuture(List.of(new MemoryRow("direct", 16_384, 3, 5, 131_072)));
    }

    @Override
    public CompletionStage<List<EventRow>> events() {
        return CompletableFuture.completedFuture(events);
    }

    private CompletionStage<CommandResult> command(String command) {
        commands.add(command);
        return answer;
    }

    @Override
    public CompletionStage<CommandResult> pause(DatabaseScope scope) {
        return command("pause " + scope.database());
    }

    @Override
    public CompletionStage<CommandResult> resume(DatabaseScope scope) {
        return command("resume " + scope.database());
    }

    @Override
    public CompletionStage<CommandResult> suspend() {
        return command("suspend");
    }

    @Override
    public boolean mayHave(String database) {
        return !database.startsWith("misspelt");
    }

    @Override
    public CompletionStage<CommandResult> disable(String database) {
        return command("disable " + database);
    }

    @Override
    public CompletionStage<CommandResult> enable(String database) {
        return command("enable " + database);
    }

    @Override
    public CompletionStage<CommandResult> reconnect(DatabaseScope scope) {
        return command("reconnect " + scope.database());
    }

    @Override
    public CompletionStage<CommandResult> kill(DatabaseScope scope) {
        return command("kill " + scope.database());
    }

    @Override
    public CompletionStage<CommandResult> killClient(long clientId) {
        return command("killClient " + clientId);
    }

    @Override
    public CompletionStage<CommandResult> waitClose(DatabaseScope scope) {
        return command("waitClose " + scope.database());
    }

    @Override
    public CompletionStage<CommandResult> reload() {
        return command("reload");
    }

    @Override
    public CompletionStage<CommandResult> set(String key, String value) {
        return command("set " + key + "=" + value);
    }

    @Override
    public CompletionStage<CommandResult> shutdown(ShutdownMode mode) {
        return command("shutdown " + mode);
    }
}
