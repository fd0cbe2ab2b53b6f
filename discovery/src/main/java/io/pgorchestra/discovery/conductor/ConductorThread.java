package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.fencing.FenceSettings;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Conductor} on a thread of its own, and whether it is its turn. For all threads. */
public final class ConductorThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConductorThread.class);

    private final ScheduledThreadPoolExecutor thread;
    private final Conductor conductor;
    private final Election election = new Election();
    private @Nullable ScheduledFuture<?> alarm;
    private boolean wasElected;

    /**
     * @param authority made for the executor of this thread, on which its answers come
     * @param nodes likewise
     * @param founders all nodes, as configured, for a cluster that has no record yet
     * @param events hears of what happens, on this thread; must return at once
     * @param hurry lets the fence of this process ask the authority soon
     */
    public ConductorThread(
            ConductorSettings settings,
            FenceSettings fencing,
            Function<Executor, ConductorAuthority> authority,
            Function<Executor, NodeControl> nodes,
            List<Node> founders,
            Consumer<ConductorEvent> events,
            Runnable hurry) {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "orchestra-conductor");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        conductor = new Conductor(
                settings,
                fencing,
                System::nanoTime,
                authority.apply(this::run),
                nodes.apply(this::run),
                founders,
                events,
                hurry);
    }

    /** A name for this process, by which it is elected or not; new for each start. */
    public static String processName(boolean conducts) {
        return Election.name(conducts);
    }

    /** The fence of this process was answered: {@code mine} is what it had told the others. */
    public void confirmed(ProxyReport mine, Confirmation answer) {
        run(() -> {
            election.heard(mine.proxy(), answer.peers(), System.nanoTime());
            conductor.confirmed(mine, answer);
        });
    }

    /** {@link Conductor#switchOver}, if it is this process's turn to conduct; answers whether it is. */
    public boolean switchOver(@Nullable String target) {
        if (!election.won(System.nanoTime())) {
            return false;
        }
        run(() -> conductor.switchOver(target));
        return true;
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> runNow(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("conductor has stopped; a late answer was dropped");
        }
    }

    private void runNow(Runnable task) {
        try {
            elect();
            task.run();
            conductor.tick();
        } catch (RuntimeException | AssertionError bug) {
            LOG.error("bug: conductor", bug);
        }
        setAlarm();
    }

    private void elect() {
        boolean won = election.won(System.nanoTime());
        if (won != wasElected) {
            wasElected = won;
            LOG.info("conductor elected={}", won);
        }
        conductor.elected(won);
    }

    private void setAlarm() {
        ScheduledFuture<?> present = alarm;
        if (present != null) {
            present.cancel(false);
        }
        if (thread.isShutdown()) {
            return;
        }
        long inNanos = Math.max(0, conductor.nextTickNanos() - System.nanoTime());
        try {
            alarm = thread.schedule(() -> runNow(() -> {}), inNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("conductor has stopped");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
