package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Link;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What can be done to a standby. All of it is mended by {@link #mend}. */
enum StandbyHarm {
    PAUSE_REPLAY,
    DELAY_REPLAY,
    SLOW_REPLICATION,
    FREEZE_REPLICATION,
    CUT_REPLICATION,
    SLOW_LINE,
    FREEZE_LINE,
    CUT_LINE,
    RESET_LINE,
    FREEZE,
    KILL,
    STOP,
    RESTART;

    private static final Duration SLOWNESS = Duration.ofMillis(300);

    void befall(Stage stage, LabNode standby) {
        stage.fault(name().toLowerCase(Locale.ROOT).replace('_', ' ') + " of " + standby);
        Link line = stage.line(standby);
        switch (this) {
            case PAUSE_REPLAY -> standby.ask("SELECT pg_wal_replay_pause()");
            case DELAY_REPLAY -> {
                standby.ask("ALTER SYSTEM SET recovery_min_apply_delay = '1500ms'");
                standby.ask("SELECT pg_reload_conf()");
            }
            case SLOW_REPLICATION -> replication(stage, standby).forEach(link -> link.slow(SLOWNESS, Long.MAX_VALUE));
            case FREEZE_REPLICATION -> replication(stage, standby).forEach(Link::freeze);
            case CUT_REPLICATION -> replication(stage, standby).forEach(Link::cut);
            case SLOW_LINE -> line.slow(SLOWNESS, Long.MAX_VALUE);
            case FREEZE_LINE -> line.freeze();
            case CUT_LINE -> line.cut();
            case RESET_LINE -> line.reset();
            case FREEZE -> standby.freeze();
            case KILL -> standby.kill();
            case STOP -> standby.stop();
            case RESTART -> {
                standby.stop();
                standby.start();
            }
        }
    }

    private static List<Link> replication(Stage stage, LabNode standby) {
        return stage.cluster().network().between(stage.primary().name(), standby.name());
    }

    /** Whatever has befallen it is over. */
    static void mend(Stage stage, LabNode standby) {
        stage.fault("mend " + standby);
        stage.line(standby).heal();
        replication(stage, standby).forEach(Link::heal);
        standby.thaw();
        if (!standby.server().isRunning()) {
            standby.start();
        }
        standby.ask("ALTER SYSTEM RESET recovery_min_apply_delay");
        standby.ask("SELECT pg_reload_conf()");
        standby.ask("SELECT pg_wal_replay_resume()");
    }
}
