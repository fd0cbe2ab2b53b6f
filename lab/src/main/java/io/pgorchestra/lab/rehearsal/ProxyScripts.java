package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.cluster.LabNode;
import java.io.IOException;

/** Scenarios in which something happens to a proxy, or many clients wait in it. */
final class ProxyScripts {

    private static final int CROWD = 2_000;

    private ProxyScripts() {}

    /** The old primary lives on, so that a write sent to it would be taken. */
    static void frozenOverFailover(Stage stage) {
        LabNode old = stage.primary();
        StagedProxy frozen = stage.second();
        stage.fault("freeze " + frozen);
        frozen.freeze();
        // So that the primary has done all that was on its way.
        stage.awaitWrites(stage.first());
        stage.fault("freeze " + old);
        old.freeze();
        Stage.awaitOther(stage.first(), old);
        stage.awaitWrites(stage.first());
        stage.fault("thaw both");
        old.thaw();
        frozen.thaw();
        stage.awaitOther(old);
    }

    static void killedOverFailover(Stage stage) {
        LabNode old = stage.primary();
        StagedProxy killed = stage.second();
        stage.fault("kill " + killed);
        killed.kill();
        stage.fault("kill " + old);
        old.kill();
        Stage.awaitOther(stage.first(), old);
        stage.awaitWrites(stage.first());
        stage.fault("start " + old + " as it was, and " + killed);
        old.start();
        killed.startAgain();
        stage.awaitOther(old);
        Stage.require(
                killed.epoch() == stage.first().epoch(),
                killed + " is in epoch " + killed.epoch() + " (expected: "
                        + stage.first().epoch() + ")");
    }

    static void manyWait(Stage stage) {
        LabNode old = stage.primary();
        old.ask("CREATE TABLE crowd (id int)");
        stage.standbys().forEach(stage.cluster()::awaitCaughtUp);
        try (Crowd crowd = Crowd.of(CROWD, stage.first().port())) {
            stage.fault("kill " + old + " with " + CROWD + " clients");
            old.kill();
            crowd.ask("INSERT INTO crowd VALUES (1)");
            // The first few may be sent before anybody notices.
            int unknown = crowd.awaitAnswers(Stage.PATIENCE, "08007");
            Stage.require(
                    unknown <= Stage.POOL_SIZE,
                    unknown + " of a crowd were told 08007 (expected: at most " + Stage.POOL_SIZE + ")");
        } catch (IOException e) {
            throw new LabException("the crowd: " + e.getMessage(), e);
        }
        stage.awaitOther(old);
    }
}
