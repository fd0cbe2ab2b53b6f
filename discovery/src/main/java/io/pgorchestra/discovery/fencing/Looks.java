package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Node;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** When to look at nodes: at a new primary until it is one, and at all while the authority is silent. Bound to its fence's thread. */
final class Looks {

    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long MAX_PAUSE_NANOS = Duration.ofMillis(250).toNanos();
    /** An answer that is later than this is not waited for. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final FenceSettings settings;
    private final FencePort port;

    private long lastLook;
    private long verification;
    private long verificationDueNanos;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private @Nullable String unfit;
    private long witnesses;
    private long witnessesAskedNanos;

    Looks(FenceSettings settings, FencePort port, long nowNanos) {
        this.settings = settings;
        this.port = port;
        verificationDueNanos = nowNanos;
        witnessesAskedNanos = nowNanos - PATIENCE_NANOS;
    }

    // ---- at the new primary ----

    long verificationDueNanos() {
        return verificationDueNanos;
    }

    /** Forgets a look that is under way, for it began before what is to be verified was known. */
    void restart(long nowNanos) {
        verification = 0;
        verificationDueNanos = nowNanos;
        pauseNanos = FIRST_PAUSE_NANOS;
        unfit = null;
    }

    void verify(Node node, long nowNanos) {
        verification = ++lastLook;
        verificationDueNanos = nowNanos + PATIENCE_NANOS;
        port.look(verification, List.of(node));
    }

    boolean isVerification(long look) {
        return look == verification;
    }

    void verificationAnswered(long nowNanos) {
        verification = 0;
        verificationDueNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, MAX_PAUSE_NANOS);
    }

    /** Tells each reason once. */
    void unfit(String why, Consumer<String> tell) {
        if (!why.equals(unfit)) {
            unfit = why;
            tell.accept(why);
        }
    }

    // ---- at all ----

    /** From half a lease on, for confirmations come more often than that; then again and again. */
    long witnessesDueNanos(long leaseUntilNanos) {
        long first = leaseUntilNanos - settings.lease().toNanos() / 2;
        long again = witnessesAskedNanos
                + (witnesses != 0
                        ? PATIENCE_NANOS
                        : settings.hurriedConfirmEvery().toNanos());
        return first - again > 0 ? first : again;
    }

    void askWitnesses(List<Node> nodes, long nowNanos) {
        witnesses = ++lastLook;
        witnessesAskedNanos = nowNanos;
        port.look(witnesses, nodes);
    }

    boolean isWitnesses(long look) {
        return look == witnesses;
    }

    long witnessesAskedNanos() {
        return witnessesAskedNanos;
    }

    void witnessesAnswered() {
        witnesses = 0;
    }
}
