package io.pgorchestra.lab.history;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Takes down a history while it happens. For all threads. */
public final class HistoryRecorder {

    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger lostConnections = new AtomicInteger();

    void add(Operation operation) {
        operations.add(operation);
    }

    void connectionLost() {
        lostConnections.incrementAndGet();
    }

    /** Something is broken or mended now. */
    public void fault(String what) {
        faults.add(new Fault(what, System.nanoTime()));
    }

    /** How many operations of a kind have had this outcome so far. */
    public long count(Operation.Kind kind, Outcome outcome) {
        return count(operation -> operation.is(kind, outcome));
    }

    /** How many of the operations so far are such. */
    public long count(Predicate<Operation> such) {
        return operations.stream().filter(such).count();
    }

    /** All so far, with what the surviving primary holds. */
    public History history(List<StoredRow> stored, Map<Integer, String> nodes) {
        return new History(List.copyOf(operations), List.copyOf(faults), stored, nodes, lostConnections.get());
    }
}
