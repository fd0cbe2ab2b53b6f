package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.FileTree;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LogTail;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.link.LabNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** How a node becomes a standby of another: by following it, or, where it has gone another way, by being cloned from it. */
final class Replication {

    private static final Duration STREAMING_TIMEOUT = Duration.ofSeconds(60);

    /** What a standby's log says when it cannot follow, ever. */
    private static final List<String> GONE_ANOTHER_WAY = List.of(
            "is not in this server's history",
            "forked off current database system timeline",
            "is ahead of the WAL flush position of this server",
            "is behind recovery timeline",
            "has already been removed",
            "database system identifier differs");

    private final LabNetwork network;
    private final Consumer<String> progress;

    Replication(LabNetwork network, Consumer<String> progress) {
        this.network = network;
        this.progress = progress;
    }

    /** Starts a node that is down as a standby of {@code upstream}, and returns when it streams; clones it first if it must be. */
    void join(LabNode node, LabNode upstream) {
        if (!node.server().hasData()) {
            cloneFrom(node, upstream);
            return;
        }
        node.files().makeStandby(conninfo(node, upstream));
        long logged = logSize(node);
        if (!startsAndFollows(node, upstream, logged)) {
            progress.accept(node + " has gone another way than " + upstream + "; cloning it anew");
            cloneFrom(node, upstream);
        }
    }

    /** Starts a node that is down as a standby of {@code upstream}; returns when it takes connections, which may be before it streams. */
    void startAsStandby(LabNode node, LabNode upstream) {
        node.files().makeStandby(conninfo(node, upstream));
        node.start();
    }

    /** Starts the nodes of a new cluster, whose data are copies of one another; no check is needed. */
    void joinFresh(LabNode node, LabNode upstream) {
        node.files().makeStandby(conninfo(node, upstream));
        node.start();
        awaitStreaming(node, upstream);
    }

    /** Throws away what the node has and makes it a copy of {@code upstream}. */
    void cloneFrom(LabNode node, LabNode upstream) {
        node.kill();
        Path target = node.server().dataDirectory();
        try (Connection connection = upstream.connect()) {
            FileTree.delete(target);
            BaseBackup.take(connection, upstream.server().dataDirectory(), target);
        } catch (SQLException | IOException e) {
            throw new LabException("Cannot clone " + node + " from " + upstream + ": " + e.getMessage(), e);
        }
        joinFresh(node, upstream);
    }

    /** Has a standby that runs stream from another node, and returns before it does. */
    void repoint(LabNode standby, LabNode upstream) {
        // ALTER SYSTEM takes no parameter, and no transaction around it.
        standby.ask("ALTER SYSTEM SET primary_conninfo = '"
                + conninfo(standby, upstream).replace("'", "''") + "'");
        standby.ask("SELECT pg_reload_conf()");
    }

    void awaitStreaming(LabNode standby, LabNode upstream) {
        Poll.until(
                STREAMING_TIMEOUT,
                () -> isStreaming(standby, upstream),
                () -> standby + " does not stream from " + upstream + " after " + STREAMING_TIMEOUT.toSeconds() + " s: "
                        + LogTail.of(standby.server().logFile()));
    }

    /** False if the node cannot follow. */
    private boolean startsAndFollows(LabNode node, LabNode upstream, long logged) {
        try {
            node.start();
        } catch (LabException e) {
            if (hasGoneAnotherWay(node, logged)) {
                return false;
            }
            throw e;
        }
        Poll.until(
                STREAMING_TIMEOUT,
                () -> isStreaming(node, upstream) || hasGoneAnotherWay(node, logged),
                () -> node + " does not stream from " + upstream + ": "
                        + LogTail.of(node.server().logFile()));
        return isStreaming(node, upstream);
    }

    private boolean isStreaming(LabNode standby, LabNode upstream) {
        NodeStatus below = standby.look(network::partyBehind);
        return below.upstream().equals(upstream.name())
                && below.timeline() == upstream.look(network::partyBehind).timeline();
    }

    private String conninfo(LabNode standby, LabNode upstream) {
        String password = upstream.server().password();
        return "host=" + EmbeddedPostgres.HOST
                + " port=" + network.link(standby.name(), upstream.name()).port()
                + " user=" + EmbeddedPostgres.SUPERUSER
                + (password.isEmpty()
                        ? ""
                        : " password='" + password.replace("\\", "\\\\").replace("'", "\\'") + "'")
                + " application_name=" + standby.name()
                + " connect_timeout=5";
    }

    private static long logSize(LabNode node) {
        Path log = node.server().logFile();
        try {
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException e) {
            throw new LabException("Cannot read " + log + ": " + e.getMessage(), e);
        }
    }

    private static boolean hasGoneAnotherWay(LabNode node, long logged) {
        Path log = node.server().logFile();
        try {
            byte[] all = Files.readAllBytes(log);
            int from = (int) Math.min(logged, all.length);
            String since = new String(all, from, all.length - from, StandardCharsets.ISO_8859_1);
            return GONE_ANOTHER_WAY.stream().anyMatch(since::contains);
        } catch (IOException e) {
            throw new LabException("Cannot read " + log + ": " + e.getMessage(), e);
        }
    }
}
