package io.pgorchestra.lab.up;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.cluster.NodeStatus;
import io.pgorchestra.lab.link.Direction;
import io.pgorchestra.lab.link.Link;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What {@code orchestra lab} asks of the lab that runs: each request is a verb and its words, each answer some lines for a person. */
final class LabActions {

    /** The request for the port of each party, one a line, the proxy's first. */
    static final String PLACES = "places";

    private static final String PRIMARY = "primary";
    private static final String STANDBYS = "standbys";
    private static final String ALL = "all";

    private final UpLab lab;
    private final UpProxy proxy;
    private final LabCluster cluster;

    LabActions(UpLab lab, UpProxy proxy) {
        this.lab = lab;
        this.proxy = proxy;
        cluster = lab.cluster();
    }

    /** Carries out one request, one at a time; fails with a text for a person. */
    synchronized void run(List<String> words, Consumer<String> out) {
        Words rest = new Words(words);
        switch (rest.next()) {
            case "status" -> status(out);
            case PLACES -> places(out);
            case "kill" -> node(rest, LabNode::kill, "killed", out);
            case "stop" -> stop(rest, out);
            case "start" -> start(rest, out);
            case "clone" -> node(rest, cluster::cloneAnew, "cloned from the primary", out);
            case "freeze" -> node(rest, LabNode::freeze, "frozen", out);
            case "thaw" -> node(rest, LabNode::thaw, "thawed", out);
            case "cut" -> cut(rest, out);
            case "slow" -> slow(rest, out);
            case "reset" -> between(rest.next(), rest.next()).forEach(link -> tell(link, Link::reset, "reset", out));
            case "heal" -> heal(rest, out);
            case "switchover" -> switchover(rest, out);
            default -> throw new LabException("unknown request: " + words);
        }
    }

    private void places(Consumer<String> out) {
        out.accept(UpLab.PROXY + " " + proxy.port());
        cluster.nodes().forEach(node -> out.accept(node + " " + node.port()));
    }

    private void status(Consumer<String> out) {
        String row = "%-10s %6s  %-8s %8s  %-12s %s";
        out.accept(String.format(row, "node", "port", "state", "timeline", "position", "from"));
        for (NodeStatus node : cluster.status()) {
            String timeline = node.timeline() == 0 ? "" : Integer.toString(node.timeline());
            out.accept(
                    String.format(row, node.node(), node.port(), name(node), timeline, node.lsnText(), node.upstream())
                            .stripTrailing());
        }
        String zooKeeper = lab.zooKeeper().isRunning() ? "up" : "down";
        out.accept(String.format(row, UpLab.ZOOKEEPER, lab.zooKeeper().port(), zooKeeper, "", "", "")
                .stripTrailing());
        for (Link link : cluster.network().links()) {
            if (!link.state().equals("open")) {
                out.accept("link " + link + ": " + link.state());
            }
        }
    }

    private static String name(NodeStatus node) {
        return node.state().name().toLowerCase(Locale.ROOT);
    }

    private void node(Words words, Consumer<LabNode> action, String done, Consumer<String> out) {
        LabNode node = find(words.next());
        action.accept(node);
        out.accept(node + " " + done);
    }

    private void stop(Words words, Consumer<String> out) {
        if (words.peek().equals(UpLab.ZOOKEEPER)) {
            lab.zooKeeper().stop();
            out.accept("zookeeper stopped");
            return;
        }
        node(words, LabNode::stop, "stopped", out);
    }

    private void start(Words words, Consumer<String> out) {
        if (words.peek().equals(UpLab.ZOOKEEPER)) {
            lab.zooKeeper().startAgain();
            out.accept("zookeeper started");
            return;
        }
        LabNode node = find(words.next());
        if (node.server().isRunning()) {
            throw new LabException(node + " runs already.");
        }
        LabNode primary = cluster.findPrimary();
        if (primary == null || words.next().equals("as-it-was")) {
            node.start();
        } else {
            cluster.rejoin(node);
        }
        out.accept(node + " started as " + name(cluster.look(node)));
    }

    private void cut(Words words, Consumer<String> out) {
        String one = resolve(words.next());
        List<Link> links = between(one, words.next());
        if (words.next().equals("one-way")) {
            for (Link link : links) {
                boolean isFromOne = link.from().equals(one);
                tell(link, it -> it.cut(isFromOne ? Direction.FORTH : Direction.BACK), "cut one way", out);
            }
            return;
        }
        links.forEach(link -> tell(link, Link::cut, "cut", out));
    }

    private void slow(Words words, Consumer<String> out) {
        List<Link> links = between(words.next(), words.next());
        Duration delay = Duration.ofMillis(Long.parseLong(words.next()));
        long rate = Long.parseLong(words.next());
        links.forEach(link -> tell(link, it -> it.slow(delay, rate), "slowed", out));
    }

    private void heal(Words words, Consumer<String> out) {
        if (words.peek().isEmpty()) {
            cluster.network().heal();
            out.accept("all links healed");
            return;
        }
        between(words.next(), words.next()).forEach(link -> tell(link, Link::heal, "healed", out));
    }

    private void switchover(Words words, Consumer<String> out) {
        String to = words.next();
        proxy.switchOver(to.isEmpty() ? "" : find(to).name());
        out.accept(cluster.primary() + " is primary now");
    }

    private static void tell(Link link, Consumer<Link> action, String done, Consumer<String> out) {
        action.accept(link);
        out.accept(link + ": " + done);
    }

    private LabNode find(String name) {
        return name.equals(PRIMARY) ? cluster.primary() : cluster.node(name);
    }

    /** A party by the name that links know. */
    private String resolve(String party) {
        return switch (party) {
            case UpLab.PROXY, UpLab.ZOOKEEPER -> party;
            default -> find(party).name();
        };
    }

    /** The links between two parties; {@code other} may also be all standbys, or everybody. */
    private List<Link> between(String party, String other) {
        String one = resolve(party);
        boolean isNode = cluster.nodes().stream().anyMatch(node -> node.name().equals(one));
        // Also leads standbys over links that somebody has pointed past them.
        List<Link> replication = isNode ? cluster.replicationLinks(cluster.node(one)) : List.of();
        List<Link> found = switch (other) {
            case STANDBYS -> replication;
            case ALL -> cluster.network().linksOf(one);
            default -> cluster.network().between(one, resolve(other));
        };
        if (found.isEmpty()) {
            throw new LabException(noLink(one, other));
        }
        return found;
    }

    private static String noLink(String party, String other) {
        if (party.equals(UpLab.ZOOKEEPER) || other.equals(UpLab.ZOOKEEPER)) {
            return party + " and " + other + " do not speak to each other: only the proxy speaks to ZooKeeper.";
        }
        if (party.equals(UpLab.PROXY) || other.equals(UpLab.PROXY)) {
            return "The proxy speaks to the nodes directly, so that nothing slows it. Start `orchestra up --links` to be able to cut that.";
        }
        return "No link between " + party + " and " + other + ".";
    }

    /** The words of a request, in order; those left out are empty. */
    private static final class Words {

        private final List<String> words;
        private int position;

        Words(List<String> words) {
            this.words = words;
        }

        String peek() {
            return position < words.size() ? words.get(position) : "";
        }

        String next() {
            String word = peek();
            position++;
            return word;
        }
    }
}
