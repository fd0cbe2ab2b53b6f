package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.View;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Patroni's znodes say about the primary. One tree at a time.
 *
 * <p>The token is the czxid of {@code leader}: Patroni creates that znode for every reign, and never writes it. It also creates it anew when
 * the leader's Patroni restarts, so a new token may name the same node. While there is no leader the last token stays, for no new reign has
 * begun; a process that has seen none yet takes a number that is surely not lower.
 *
 * <p>The timeline is never told. What members write about theirs is up to a loop of Patroni old, and {@code history} is written some time
 * after a promotion, and by any leader, a stale one too. Nor does one token mean one timeline: Patroni stops its primary and promotes it
 * again under the same key.
 */
final class PatroniVerdict {

    private static final Logger LOG = LoggerFactory.getLogger(PatroniVerdict.class);

    /** A switchover that is planned for later is announced from so long before; Patroni itself waits for the moment to within a second. */
    private static final Duration AHEAD = Duration.ofSeconds(1);

    private final String path;
    private final Supplier<Instant> now;

    private final Map<String, Node> lastAddresses = new HashMap<>();
    private long lastToken;

    PatroniVerdict(String path, Supplier<Instant> now) {
        this.path = path;
        this.now = now;
    }

    /** Fails with an {@link AuthorityException} if it cannot be known who is primary. */
    synchronized View view(PatroniTree tree) {
        if (tree.initialize() == null) {
            throw new AuthorityException(path
                    + "/initialize is missing: Patroni has not yet set up this cluster, or path or chroot are wrong");
        }
        Incarnation incarnation = new Incarnation(
                Long.toString(tree.initialize().stat().getCzxid()),
                systemIdentifier(tree.initialize().content()));
        List<Node> members = members(tree.members());
        Set<View.Flag> flags = EnumSet.noneOf(View.Flag.class);
        if (tree.config().path("pause").asBoolean()) {
            flags.add(View.Flag.PAUSED);
        }
        boolean failsafe = tree.config().path("failsafe_mode").asBoolean()
                && !tree.failsafe().isEmpty();
        if (failsafe) {
            flags.add(View.Flag.FAILSAFE);
        }
        if (tree.leader() == null) {
            return withoutLeader(tree, incarnation, members, flags, failsafe);
        }
        String name = tree.leader().content();
        lastToken = tree.leader().stat().getCzxid();
        if (announcesSwitchover(tree.failover(), name)) {
            flags.add(View.Flag.DRAINING);
        }
        return new View(new Epoch(incarnation, lastToken, 0), primary(name, tree.members()), members, flags);
    }

    private View withoutLeader(
            PatroniTree tree, Incarnation incarnation, List<Node> members, Set<View.Flag> flags, boolean failsafe) {
        if (failsafe) {
            throw new AuthorityException(
                    path
                            + "/leader is missing, and in failsafe mode the primary may go on without it: who is primary is unknown");
        }
        if (lastToken == 0) {
            lastToken = tree.childrenChangedZxid();
        }
        return new View(new Epoch(incarnation, lastToken, 0), null, members, flags);
    }

    private long systemIdentifier(String content) {
        String text = content.trim();
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new AuthorityException(
                    path + "/initialize holds \"" + text + "\" (expected: a system identifier)", e);
        }
    }

    private List<Node> members(Map<String, JsonNode> znodes) {
        List<Node> members = new ArrayList<>();
        znodes.forEach((name, member) -> {
            Node node = ConnUrl.node(name, member.path("conn_url").asText());
            if (node != null) {
                members.add(node);
                lastAddresses.put(name, node);
            } else if (member.has("conn_url")) {
                LOG.warn(
                        "member not understood path={}/members/{} conn_url=\"{}\"",
                        path,
                        name,
                        member.path("conn_url").asText());
            }
        });
        return members;
    }

    /** Null if nobody writes there, or if it was never known where it is. */
    private @Nullable Node primary(String leader, Map<String, JsonNode> znodes) {
        JsonNode member = znodes.get(leader);
        if (member != null && member.path("role").asText().equals("standby_leader")) {
            return null;
        }
        // A member's znode goes and comes with its session, and does not matter: the leader's znode is there.
        return lastAddresses.get(leader);
    }

    /** See {@code process_manual_failover_from_leader} in Patroni: the request counts if it names this leader, or none. */
    private boolean announcesSwitchover(JsonNode failover, String leader) {
        String from = failover.path("leader").asText("");
        String to = failover.path("member").asText("");
        boolean asksForNothing = from.isEmpty() && to.isEmpty();
        boolean ofAnotherLeader = !from.isEmpty() && !from.equals(leader);
        if (asksForNothing || ofAnotherLeader || to.equals(leader)) {
            return false;
        }
        String scheduled = failover.path("scheduled_at").asText("");
        return scheduled.isEmpty() || isDue(scheduled);
    }

    private boolean isDue(String scheduled) {
        try {
            return !OffsetDateTime.parse(scheduled.replace(' ', 'T'))
                    .toInstant()
                    .isAfter(now.get().plus(AHEAD));
        } catch (DateTimeParseException e) {
            LOG.warn("time of a switchover not understood path={}/failover scheduled_at=\"{}\"", path, scheduled);
            return false;
        }
    }
}
