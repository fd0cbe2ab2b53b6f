package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Link;

/** Scenarios in which proxies lose sight of ZooKeeper. */
final class AuthorityScripts {

    private AuthorityScripts() {}

    static void zooKeeperGoes(Stage stage) {
        LabNode primary = stage.primary();
        stage.fault("stop zookeeper");
        stage.zooKeeper().stop();
        stage.proxies().forEach(proxy -> Stage.awaitState(proxy, "leaseless"));
        stage.fault("start zookeeper");
        stage.zooKeeper().startAgain();
        stage.awaitOpen(primary.name());
    }

    static void oneProxyIsCut(Stage stage) {
        StagedProxy cut = stage.first();
        LabNode primary = stage.primary();
        Link link = stage.linkToZooKeeper(cut.name());
        stage.fault("cut " + cut + " from zookeeper");
        link.cut();
        Stage.awaitState(cut, "leaseless");
        // What it had sent before may still be answered.
        stage.awaitWrites(stage.second());
        long before = stage.writes(cut);
        stage.awaitWrites(stage.second());
        long writes = stage.writes(cut) - before;
        Stage.require(writes == 0, cut + " took " + writes + " writes after its lease (expected: 0)");
        stage.fault("heal " + cut);
        link.heal();
        stage.awaitOpen(primary.name());
    }

    static void failoverBehindItsBack(Stage stage) {
        StagedProxy cut = stage.first();
        LabNode old = stage.primary();
        Link link = stage.linkToZooKeeper(cut.name());
        stage.fault("cut " + cut + " from zookeeper");
        link.cut();
        stage.fault("kill " + old);
        old.kill();
        Stage.awaitOther(stage.second(), old);
        stage.awaitWrites(stage.second());
        Stage.require(cut.primary().isEmpty(), cut + " serves though it knows nothing: " + cut.cluster());
        stage.fault("heal " + cut);
        link.heal();
        stage.awaitOther(old);
        Stage.require(
                cut.epoch() == stage.second().epoch(),
                cut + " is in epoch " + cut.epoch() + " (expected: "
                        + stage.second().epoch() + ")");
    }
}
