package io.pgorchestra.proxy.admin;

import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** The console: what all of its sessions share. Thread-safe. */
public final class AdminConsole {
    /** The names of the virtual database; no configured database may have them. */
    public static final Set<String> DATABASES = Set.of("pgbouncer", "orchestra");

    private final AdminTarget target;
    private final LongSupplier nanoTime;
    private final StatsAverages averages;
    private final ShowTables tables;

    public AdminConsole(AdminTarget target, LongSupplier nanoTime) {
        this.target = target;
        this.nanoTime = nanoTime;
        averages = new StatsAverages(nanoTime.getAsLong());
        tables = new ShowTables(target, averages, nanoTime);
    }

    /** Opens a session for a client that has been authenticated. Everything on it is called on its output's loop. */
    public AdminSession open(AdminLogin login, AdminOutput output, ByteBufAllocator allocator) {
        SessionParameters parameters = new SessionParameters(login.user(), login.applicationName());
        CommandRunner runner = new CommandRunner(login, parameters, target, tables);
        return new AdminSession(login, parameters, runner, output, new ReplyWriter(output, allocator));
    }

    /** Ends a period of the averages. To be called every {@code stats_period}, by one timer. */
    public CompletionStage<Void> rollAverages() {
        CompletionStage<List<StatsRow>> stats = target.stats();
        return stats.thenAccept(rows -> averages.roll(nanoTime.getAsLong(), rows));
    }
}
