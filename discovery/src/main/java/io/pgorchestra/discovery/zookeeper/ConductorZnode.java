package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.conductor.ConductorAuthority;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Our znode, as the conductor sees it. Bound to the conductor's thread. */
public final class ConductorZnode implements ConductorAuthority {

    private static final Logger LOG = LoggerFactory.getLogger(ConductorZnode.class);

    private final PrimaryZnode znode;
    private final Executor conductor;

    private Versioned lastRead = new Versioned(Versioned.NONE, null);

    /** Answers come through {@code conductor}, the executor of its thread. */
    public ConductorZnode(PrimaryZnode znode, Executor conductor) {
        this.znode = znode;
        this.conductor = conductor;
    }

    @Override
    public void read(Consumer<@Nullable Versioned> answer) {
        znode.read()
                .handle((found, failure) -> {
                    if (failure != null) {
                        LOG.debug(
                                "record not read reason=\"{}\"",
                                Futures.cause(failure).getMessage());
                        return null;
                    }
                    return new Versioned(found.version(), found.present());
                })
                .thenAcceptAsync(
                        read -> {
                            if (read != null) {
                                lastRead = read;
                            }
                            answer.accept(read);
                        },
                        conductor)
                .exceptionally(ConductorZnode::unexpected);
    }

    @Override
    public void compareAndSet(int version, PrimaryRecord next, Consumer<Boolean> answer) {
        PrimaryRecord known = lastRead.version() == version ? lastRead.value() : null;
        assert known == null || next.epoch() >= known.epoch() : known + " -> " + next;
        znode.replace(version, next)
                .exceptionally(failure -> {
                    LOG.warn(
                            "record not replaced reason=\"{}\"",
                            Futures.cause(failure).getMessage());
                    return false;
                })
                .thenAcceptAsync(answer, conductor)
                .exceptionally(ConductorZnode::unexpected);
    }

    private static @Nullable Void unexpected(Throwable failure) {
        LOG.error("conductor failed", failure);
        return null;
    }
}
