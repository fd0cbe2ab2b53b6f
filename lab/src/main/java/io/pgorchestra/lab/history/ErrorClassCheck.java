package io.pgorchestra.lab.history;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** CLASS: every error that a client saw is one of those that it is promised. */
public final class ErrorClassCheck implements HistoryCheck {

    /**
     * What clients are promised when a server is lost: rolled back; nothing sent, for no primary came in time; nobody knows; and a session
     * that cannot move.
     */
    public static final Set<String> PROMISED = Set.of("40001", "57P03", "08007", "57P01");

    private final Set<String> allowed;

    public ErrorClassCheck(Set<String> allowed) {
        this.allowed = Set.copyOf(allowed);
    }

    @Override
    public Verdict check(History history) {
        Map<String, Integer> seen = new TreeMap<>();
        Map<String, Map<String, Integer>> through = new TreeMap<>();
        for (Operation operation : history.operations()) {
            if (operation.outcome() != Outcome.OK) {
                String state = operation.sqlState().isEmpty() ? "none" : operation.sqlState();
                seen.merge(state, 1, Integer::sum);
                through.computeIfAbsent(state, any -> new TreeMap<>())
                        .merge(operation.proxy() + " by client " + operation.client(), 1, Integer::sum);
            }
        }
        return new Verdict(
                "CLASS",
                seen.entrySet().stream()
                        .filter(one -> !allowed.contains(one.getKey()))
                        .map(one -> "SQLSTATE " + one.getKey() + ", " + one.getValue() + " times (expected: one of "
                                + allowed + "): " + through.get(one.getKey()))
                        .toList(),
                seen.isEmpty() ? "no errors" : "errors " + seen);
    }
}
