package io.pgorchestra.discovery.simulation;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.View;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A failover manager as others have written them: it names primaries, promotes before or after naming them, leaves the old one running,
 * changes its token for nothing, and waits for nobody.
 */
final class FailoverManager {

    private final World world;
    private final World.Host host;
    private final SimulatedAuthority authority;
    private final SimulatedNodes nodes;
    private final boolean tellsTimeline;
    private final boolean tellsSystem;
    private boolean busy;
    private int lastTimeline = 1;

    FailoverManager(World world, World.Host host, SimulatedAuthority authority, SimulatedNodes nodes) {
        this.world = world;
        this.host = host;
        this.authority = authority;
        this.nodes = nodes;
        tellsTimeline = world.chance(30);
        tellsSystem = world.chance(50);
    }

    static View view(long token, @Nullable Node primary, int timeline, long system, SimulatedNodes nodes) {
        List<Node> members = nodes.values().stream().map(node -> node.node).toList();
        return new View(new Epoch(new Incarnation("1", system), token, timeline), primary, members, Set.of());
    }

    boolean isBusy() {
        return busy;
    }

    void act() {
        SimulatedNode named = named();
        if (busy || named == null) {
            return;
        }
        int what = world.random.nextInt(11);
        if (what < 6) {
            failOver(named);
        } else if (what == 10) {
            promoteAnew(named);
        } else if (what < 8) {
            changeToken(named);
        } else if (what < 9) {
            hesitate(named);
        } else {
            seeTwo();
        }
    }

    private void failOver(SimulatedNode old) {
        List<SimulatedNode> others = nodes.values().stream()
                .filter(node -> node != old && node.up && node.recovery)
                .toList();
        if (others.isEmpty()) {
            return;
        }
        busy = true;
        SimulatedNode next = others.get(world.random.nextInt(others.size()));
        long token = token();
        long naming = world.between(0, 3 * World.SECOND);
        long promoting = world.chance(30) ? 0 : world.between(0, 5 * World.SECOND);
        int timeline = ++lastTimeline;
        if (world.chance(30)) {
            old.crash();
        }
        if (world.chance(50)) {
            publish(world.chance(50) ? token : token + 1, null, 0);
        }
        world.after(promoting, host, () -> {
            next.up = true;
            next.promote(timeline);
        });
        world.after(
                tellsTimeline ? Math.max(naming, promoting) : naming,
                host,
                () -> publish(token + 1, next.node, timeline));
        long demoting = world.chance(20) ? promoting : promoting + world.between(0, 10 * World.SECOND);
        world.after(Math.max(naming, demoting) + 1, host, () -> {
            nodes.values().stream().filter(node -> node != next).forEach(node -> node.follow(next.name()));
            busy = false;
        });
    }

    private void changeToken(SimulatedNode named) {
        if (world.chance(30)) {
            named.restart();
        }
        publish(token() + 1, named.node, named.timeline);
    }

    /** Stops the primary and promotes it again, as Patroni does after a crash, and says nothing of it. */
    private void promoteAnew(SimulatedNode named) {
        if (tellsTimeline) {
            return;
        }
        busy = true;
        named.crash();
        world.after(world.between(0, 3 * World.SECOND), host, () -> {
            named.restartAsStandby();
            world.after(world.between(0, 2 * World.SECOND), host, () -> {
                named.promote(++lastTimeline);
                busy = false;
            });
        });
    }

    /** Names another for a moment, without promoting it. */
    private void hesitate(SimulatedNode named) {
        busy = true;
        long token = token();
        List<SimulatedNode> others =
                nodes.values().stream().filter(node -> node != named).toList();
        publish(token + 1, others.get(world.random.nextInt(others.size())).node, named.timeline);
        world.after(world.between(0, 3 * World.SECOND), host, () -> {
            publish(token + 2, named.node, named.timeline);
            busy = false;
        });
    }

    private void seeTwo() {
        busy = true;
        View before = authority.view();
        authority.publish(new View(before.epoch(), before.primary(), before.members(), Set.of(View.Flag.SPLIT_BRAIN)));
        world.after(world.between(0, 2 * World.SECOND), host, () -> {
            authority.publish(before);
            busy = false;
        });
    }

    /** Puts everything in order. */
    void settle() {
        SimulatedNode named = named();
        if (named == null) {
            throw new AssertionError("nobody is named");
        }
        if (!named.up) {
            named.restart();
        }
        for (SimulatedNode node : nodes.values()) {
            if (node != named && (!node.up || !named.name().equals(node.upstream))) {
                node.follow(named.name());
            }
        }
    }

    private @Nullable SimulatedNode named() {
        Node primary = authority.view().primary();
        return primary == null ? null : nodes.get(primary.name());
    }

    private long token() {
        return authority.view().epoch().token();
    }

    private void publish(long token, @Nullable Node primary, int timeline) {
        authority.publish(view(
                token,
                primary,
                primary != null && tellsTimeline ? timeline : 0,
                tellsSystem ? SimulatedNode.SYSTEM : 0,
                nodes));
    }
}
