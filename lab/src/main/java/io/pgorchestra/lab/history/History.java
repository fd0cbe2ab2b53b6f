package io.pgorchestra.lab.history;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that clients did and saw in one run, what was broken meanwhile, and what the surviving primary holds in the end.
 *
 * @param operations in the order of their completion
 * @param nodes names of nodes by their ports
 * @param lostConnections how many connections ended that their clients had not closed
 */
public record History(
        List<Operation> operations,
        List<Fault> faults,
        List<StoredRow> stored,
        Map<Integer, String> nodes,
        int lostConnections) {

    public History {
        operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation::completedNanos))
                .toList();
        faults =
                faults.stream().sorted(Comparator.comparingLong(Fault::atNanos)).toList();
        stored = List.copyOf(stored);
        nodes = Map.copyOf(nodes);
    }

    Stream<Operation> of(Operation.Kind kind) {
        return operations.stream().filter(operation -> operation.kind() == kind);
    }

    long count(Operation.Kind kind, Outcome outcome) {
        return operations.stream()
                .filter(operation -> operation.is(kind, outcome))
                .count();
    }

    /** Writes that a client was told have happened, and that are not there in the end. */
    public List<Operation> lostWrites() {
        Set<Long> present = stored.stream().map(StoredRow::id).collect(Collectors.toSet());
        return of(Operation.Kind.WRITE)
                .filter(write -> write.outcome() == Outcome.OK && !present.contains(write.id()))
                .toList();
    }

    /** The longest time without a success of this kind that a fault brought. */
    public Duration longestOutage(Operation.Kind kind) {
        return Duration.ofNanos(OutageCheck.outages(this, kind).stream()
                .mapToLong(OutageCheck.Outage::nanos)
                .max()
                .orElse(0));
    }

    long beginNanos() {
        return operations.stream().mapToLong(Operation::invokedNanos).min().orElse(0);
    }

    long endNanos() {
        return operations.isEmpty() ? 0 : operations.get(operations.size() - 1).completedNanos();
    }

    String nodeName(int port) {
        return nodes.getOrDefault(port, ":" + port);
    }
}
