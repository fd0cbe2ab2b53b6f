package io.pgorchestra.discovery.simulation;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What all proxies have done, and the promise that is checked with every write. */
final class History {

    /** A promise was broken. */
    static final class Violation extends AssertionError {
        Violation(String what) {
            super(what);
        }
    }

    /** Whom a write went to. */
    record Reign(String node, int timeline) {}

    private final TreeMap<Long, Set<Reign>> dispatched = new TreeMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    long writes;
    long epochsOpened;

    /**
     * No write goes out under a token after one under a later token went elsewhere. Two tokens for the same node may alternate, and one token
     * may see its node promoted anew: a server of the time before that is gone.
     */
    void dispatched(String proxy, long token, Reign reign) {
        writes++;
        for (Map.Entry<Long, Set<Reign>> later :
                dispatched.tailMap(token, false).entrySet()) {
            for (Reign other : later.getValue()) {
                if (!other.node.equals(reign.node)) {
                    throw new Violation(proxy + " sends to " + reign + " under token " + token + ", after " + other
                            + " was sent to under token " + later.getKey());
                }
            }
        }
        Set<Reign> same = dispatched.computeIfAbsent(token, t -> new HashSet<>());
        same.add(reign);
        if (same.stream().anyMatch(other -> !other.node.equals(reign.node))) {
            throw new Violation(proxy + ": token " + token + " means " + same);
        }
    }

    void acknowledged(long write) {
        acknowledged.add(write);
    }

    Set<Long> acknowledged() {
        return acknowledged;
    }
}
