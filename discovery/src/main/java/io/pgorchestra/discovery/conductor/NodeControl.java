package io.pgorchestra.discovery.conductor;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What can be done to the nodes. Every answer comes exactly once, in bounded time, on the conductor's thread; false: it failed, or may
 * have. All may be asked again of a node where it is done already.
 */
public interface NodeControl {

    /** Looks at these nodes afresh; one observation for each, in this order. */
    void look(List<Node> nodes, Consumer<List<NodeObservation>> answer);

    /** Has a primary write down what is in its memory only, so that it can be stopped quickly. */
    void checkpoint(Node primary, Consumer<Boolean> answer);

    /** Ends recovery. Need not wait until it has ended. */
    void promote(Node standby, Consumer<Boolean> answer);

    /**
     * Stops a primary in order ({@code fast}: standbys that stream have received everything then) and starts it as a standby of the
     * next one. Answers as soon as it has stopped, with the position at which its last record begins: whoever has replayed more has all that
     * it ever wrote. 0: nobody knows, or it failed, or may have; then it is waited for until it shows itself as a standby.
     */
    void demote(Node primary, Node next, LongConsumer answer);

    /** Lets a standby stream from this primary. */
    void repoint(Node standby, Node primary, Consumer<Boolean> answer);

    /** Lets a primary that nobody may follow refuse writes by default. */
    void makeReadOnly(Node stale, Consumer<Boolean> answer);

    /**
     * Sets {@code synchronous_standby_names} to {@code ANY quorum (names)}, or to nothing for none, and waits until it is in force. On a
     * standby it is in force as soon as that is promoted.
     */
    void setSynchronous(Node node, List<String> names, int quorum, Consumer<Boolean> answer);
}
