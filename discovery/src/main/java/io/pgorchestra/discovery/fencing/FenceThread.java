package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.DataPlane;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link Fence} on a thread of its own, with an authority to ask, nodes to look at, and a clock. For all threads. */
public final class FenceThread implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FenceThread.class);

    /** Closing sockets takes no longer; whoever stops must not hang on a data plane that does not answer. */
    private static final long STOP_LIMIT_SECONDS = 5;

    /** Looks at nodes: one observation for each, in their order, within a bounded time. */
    @FunctionalInterface
    public interface NodeLooks {
        CompletionStage<List<NodeObservation>> look(List<Node> nodes);
    }

    private final ScheduledThreadPoolExecutor thread;
    private final Authority authority;
    private final NodeLooks looks;
    private final Supplier<List<NodeObservation>> observations;
    private final Consumer<FenceEvent> events;
    private final BiConsumer<ProxyReport, Confirmation> answers;
    private final Fence fence;
    private @Nullable ScheduledFuture<?> alarm;
    private boolean stopped;

    /**
     * Nothing runs before {@link #start}.
     *
     * @param proxy unique for each process and each of its starts
     * @param observations what this process saw of the nodes lately
     * @param events hears of what happens, on the fence's thread; must return at once
     * @param answers hears what the authority answered to which report, likewise
     */
    public FenceThread(
            String proxy,
            FenceSettings settings,
            DataPlane dataPlane,
            Authority authority,
            NodeLooks looks,
            Supplier<List<NodeObservation>> observations,
            EpochStore store,
            Consumer<FenceEvent> events,
            BiConsumer<ProxyReport, Confirmation> answers) {
        this.authority = authority;
        this.looks = looks;
        this.observations = observations;
        this.events = events;
        this.answers = answers;
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "orchestra-fence");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        fence = new Fence(proxy, settings, System::nanoTime, dataPlane, new Port(), new Shared(store, authority));
    }

    /** Asks for the first time, and goes on asking. */
    public void start() {
        authority.onHint(this::suspect);
        run(fence::tick);
    }

    /** Something points to a change of the primary: asks at once. */
    public void suspect() {
        run(fence::suspect);
    }

    /** {@link Fence#acceptLineage}. */
    public void acceptLineage() {
        run(fence::acceptLineage);
    }

    /** Asks the fence something, on its thread. */
    public <T> T ask(Function<Fence, T> question) {
        Future<T> answer = thread.submit(() -> question.apply(fence));
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the fence", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the fence did not answer", e.getCause());
        }
    }

    /** Stops sending writes, closes the servers of the primary, and only then takes leave of the authority. */
    @Override
    public void close() {
        CountDownLatch cut = new CountDownLatch(1);
        run(() -> {
            if (!stopped) {
                stopped = true;
                fence.stop(cut::countDown);
            }
        });
        try {
            if (!cut.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("fence stopped reason=CUT_TIMEOUT limit={}s", STOP_LIMIT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
        authority.close();
    }

    /** Runs the task on the fence's thread, and sets the alarm anew behind it. */
    private void run(Runnable task) {
        try {
            thread.execute(() -> runNow(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("fence has stopped; a late answer was dropped");
        }
    }

    private void runNow(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | AssertionError bug) {
            // The route stays as it is, and ends with its lease.
            LOG.error("bug: fence", bug);
        }
        if (!stopped) {
            setAlarm();
        }
    }

    private void setAlarm() {
        ScheduledFuture<?> present = alarm;
        if (present != null) {
            present.cancel(false);
        }
        long inNanos = Math.max(0, fence.nextTickNanos() - System.nanoTime());
        alarm = thread.schedule(() -> runNow(fence::tick), inNanos, TimeUnit.NANOSECONDS);
    }

    /** What this process keeps for itself, the authority is told too. */
    private record Shared(EpochStore own, Authority authority) implements EpochStore {

        @Override
        public @Nullable Epoch load() {
            Epoch epoch = own.load();
            if (epoch != null) {
                authority.remember(epoch);
            }
            return epoch;
        }

        @Override
        public void save(Epoch epoch) {
            authority.remember(epoch);
            own.save(epoch);
        }
    }

    /** The fence's hands. */
    private final class Port implements FencePort {

        @Override
        public void confirm(ProxyReport mine) {
            long sentNanos = System.nanoTime();
            authority
                    .confirm(mine)
                    .whenComplete((answer, failure) -> FenceThread.this.run(() -> {
                        if (failure == null) {
                            fence.confirmed(sentNanos, answer);
                            answers.accept(mine, answer);
                        } else {
                            fence.confirmFailed(reason(failure));
                        }
                    }));
        }

        @Override
        public void look(long look, List<Node> nodes) {
            looks.look(nodes).thenAccept(seen -> FenceThread.this.run(() -> fence.looked(look, seen)));
        }

        @Override
        public List<NodeObservation> observations() {
            return observations.get();
        }

        @Override
        public void run(Runnable task) {
            FenceThread.this.run(task);
        }

        @Override
        public void event(FenceEvent event) {
            events.accept(event);
        }

        private static String reason(Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            String message = cause.getMessage();
            return message == null ? cause.getClass().getSimpleName() : message;
        }
    }
}
