package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.conductor.NodeControl;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes, as the conductor sees them: looked at by the probes, steered by SQL. Bound to the conductor's thread. */
public final class ConductedNodes implements NodeControl {

    private static final Logger LOG = LoggerFactory.getLogger(ConductedNodes.class);

    private final NodeProbes probes;
    private final SqlNodeControl control;
    private final Demotion demotion;
    private final Executor conductor;

    /** Answers come through {@code conductor}, the executor of its thread. */
    public ConductedNodes(NodeProbes probes, SqlNodeControl control, Demotion demotion, Executor conductor) {
        this.probes = probes;
        this.control = control;
        this.demotion = demotion;
        this.conductor = conductor;
    }

    @Override
    public void look(List<Node> nodes, Consumer<List<NodeObservation>> answer) {
        probes.peek(nodes).thenAcceptAsync(answer, conductor).exceptionally(ConductedNodes::unexpected);
    }

    @Override
    public void checkpoint(Node primary, Consumer<Boolean> answer) {
        tell(control.checkpoint(primary), answer);
    }

    @Override
    public void promote(Node standby, Consumer<Boolean> answer) {
        tell(control.promote(standby), answer);
    }

    @Override
    public void demote(Node primary, Node next, LongConsumer answer) {
        demotion.demote(primary, next)
                .handle((position, failure) -> failure == null ? position : Long.valueOf(Demotion.UNKNOWN_POSITION))
                .thenAcceptAsync(answer::accept, conductor)
                .exceptionally(ConductedNodes::unexpected);
    }

    @Override
    public void repoint(Node standby, Node primary, Consumer<Boolean> answer) {
        tell(control.repoint(standby, primary), answer);
    }

    @Override
    public void makeReadOnly(Node stale, Consumer<Boolean> answer) {
        tell(control.makeReadOnly(stale), answer);
    }

    @Override
    public void setSynchronous(Node node, List<String> names, int quorum, Consumer<Boolean> answer) {
        tell(control.setSynchronousStandbys(node, names, quorum), answer);
    }

    /** Why it failed is in the log already. */
    private void tell(CompletionStage<Void> action, Consumer<Boolean> answer) {
        action.handle((done, failure) -> failure == null)
                .thenAcceptAsync(answer, conductor)
                .exceptionally(ConductedNodes::unexpected);
    }

    private static @Nullable Void unexpected(Throwable failure) {
        LOG.error("conductor failed", failure);
        return null;
    }
}
