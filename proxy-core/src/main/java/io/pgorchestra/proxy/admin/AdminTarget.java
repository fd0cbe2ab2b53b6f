package io.pgorchestra.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The proxy as the console and the metrics see it: snapshots to show, commands to run.
 *
 * <p>Every method may be called from any thread and returns at once; its stage may complete on any thread. A command that
 * cannot be done completes with an {@link AdminException}; any other exception is reported to the client as an internal
 * error.
 */
public interface AdminTarget {

    /** The version shown by SHOW VERSION, with the product's name in front. */
    String version();

    ProxyState state();

    /** Whether a load balancer may send clients here, and if not, why not. */
    Readiness readiness();

    CompletionStage<List<ClientRow>> clients();

    CompletionStage<List<ServerRow>> servers();

    CompletionStage<List<PoolRow>> pools();

    CompletionStage<List<DatabaseRow>> databases();

    CompletionStage<List<UserRow>> users();

    CompletionStage<ListsRow> lists();

    /** The traffic of each database since the proxy started. Averages over time are the console's business. */
    CompletionStage<List<StatsRow>> stats();

    /** Every setting, in the order in which SHOW CONFIG lists them. */
    CompletionStage<List<SettingRow>> settings();

    /** The cluster behind the proxy, and which primary it obeys. */
    CompletionStage<List<ClusterRow>> cluster();

    /** What was last seen of each node. */
    CompletionStage<List<NodeRow>> nodes();

    /** What lately happened to the primary's epoch, newest first. */
    CompletionStage<List<EpochRow>> epochs();

    /** Memory by purpose, for SHOW MEM. */
    CompletionStage<List<MemoryRow>> memory();

    /** How often connections were closed, clients refused or pinned, by reason, since the proxy started. */
    CompletionStage<List<EventRow>> events();

    /** Holds new work and completes when no server of the scope is in use. */
    CompletionStage<CommandResult> pause(DatabaseScope scope);

    CompletionStage<CommandResult> resume(DatabaseScope scope);

    /** Stops all traffic at once, in the middle of transactions, and completes when it has stopped. */
    CompletionStage<CommandResult> suspend();

    /** Whether clients may ask for this database, or something has been said of it that can be taken back. */
    boolean mayHave(String database);

    CompletionStage<CommandResult> disable(String database);

    CompletionStage<CommandResult> enable(String database);

    /** Closes every server of the scope when it is next given back. */
    CompletionStage<CommandResult> reconnect(DatabaseScope scope);

    /** Closes every client and server of the scope at once and leaves it paused. */
    CompletionStage<CommandResult> kill(DatabaseScope scope);

    CompletionStage<CommandResult> killClient(long clientId);

    /** Completes when every server that RECONNECT or RELOAD marked for closing is closed. */
    CompletionStage<CommandResult> waitClose(DatabaseScope scope);

    /** Reads the configuration file again; what could not be applied comes back as notices. */
    CompletionStage<CommandResult> reload();

    /** Changes one setting at once, until the next reload or restart. */
    CompletionStage<CommandResult> set(String key, String value);

    /** Hands the primary's part over to another node, or to the best one where the name is empty; completes when it serves. */
    CompletionStage<CommandResult> switchover(String to);

    CompletionStage<CommandResult> shutdown(ShutdownMode mode);
}
