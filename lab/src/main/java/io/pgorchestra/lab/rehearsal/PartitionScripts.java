package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Direction;
import io.pgorchestra.lab.link.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * Scenarios in which the first proxy and the old primary are on one side, the second proxy, the standbys and ZooKeeper on the other. Each
 * side thinks that it is the cluster; what the second proxy may do hangs on what the first one does not any more.
 */
final class PartitionScripts {

    private PartitionScripts() {}

    /** Nothing gets from one side to the other. */
    static void wholly(Stage stage) {
        LabNode old = stage.primary();
        List<Link> links = linksBetween(stage, old);
        stage.fault("cut px1 and " + old + " off from all others");
        links.forEach(Link::cut);
        changeOver(stage, old, links);
    }

    /**
     * What is asked gets through, and no answer does: ZooKeeper hears what the first proxy says, and the old primary does what the second proxy
     * and its standbys ask for.
     */
    static void oneWay(Stage stage) {
        LabNode old = stage.primary();
        List<Link> links = linksBetween(stage, old);
        stage.fault("drop all answers between px1 and " + old + " on one side, and all others");
        links.forEach(link -> link.cut(Direction.BACK));
        changeOver(stage, old, links);
    }

    private static List<Link> linksBetween(Stage stage, LabNode old) {
        List<Link> links = new ArrayList<>();
        links.add(stage.linkToZooKeeper(stage.first().name()));
        links.add(stage.line(stage.second(), old));
        // Over which the standbys reach it.
        links.add(stage.line(old));
        stage.standbys().forEach(node -> links.add(stage.line(stage.first(), node)));
        return links;
    }

    private static void changeOver(Stage stage, LabNode old, List<Link> links) {
        StagedProxy apart = stage.first();
        Stage.awaitOther(stage.second(), old);
        Stage.require(
                old.name().equals(writable(apart)),
                apart + " does not see " + old + " take writes, so nothing was shown: " + apart.show("NODES"));
        Stage.require(apart.primary().isEmpty(), apart + " serves though it knows nothing: " + apart.cluster());
        String lost = apart.lastTime("lease_lost");
        String opened = stage.second().lastTime("epoch_opened");
        stage.tell(apart + " lost its lease at " + lost + ", " + stage.second() + " opened at " + opened);
        Stage.require(
                !lost.isEmpty() && lost.compareTo(opened) < 0,
                apart + " lost its lease at \"" + lost + "\", and " + stage.second() + " opened at " + opened
                        + " (expected: later)");
        stage.awaitWrites(stage.second());
        stage.fault("heal it");
        links.forEach(Link::heal);
        stage.awaitOther(old);
        stage.awaitRole(old, "stale");
    }

    /** The one node that it sees take writes, whether it obeys that or not; empty if there is none. */
    private static String writable(StagedProxy proxy) {
        return proxy.show("NODES").stream()
                .filter(row -> List.of("primary", "stale").contains(row.get("role")))
                .map(row -> row.getOrDefault("name", ""))
                .findFirst()
                .orElse("");
    }
}
