package io.pgorchestra.lab.link;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgorchestra.lab.LabException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All links of a lab, by the names of the parties at both ends. Whoever is to be partitioned from another connects to that one's
 * {@link #link}, and not to its own port. For all threads.
 */
public final class LabNetwork implements AutoCloseable {

    private final EventLoopGroup group;
    private final Map<String, InetSocketAddress> places = new LinkedHashMap<>();
    private final Map<Ends, Link> links = new LinkedHashMap<>();

    private LabNetwork(EventLoopGroup group) {
        this.group = group;
    }

    public static LabNetwork open() {
        return new LabNetwork(new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("lab-links", true), NioIoHandler.newFactory()));
    }

    /** Says on which port of this machine a party listens. */
    public synchronized void place(String party, int port) {
        places.put(party, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** The link over which one party speaks to another, made at the first call. */
    public synchronized Link link(String from, String to) {
        return link(from, to, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /**
     * The same, listening at an address of its own, so that several who know a party by one name and port reach it over different links: each has
     * to find another address behind the name.
     */
    public synchronized Link link(String from, String to, InetSocketAddress where) {
        InetSocketAddress target = places.get(to);
        if (target == null) {
            throw new LabException("No party \"" + to + "\" listens in this lab; these do: " + places.keySet() + ".");
        }
        return links.computeIfAbsent(new Ends(from, to), ends -> new Link(from, to, where, target, group.next()));
    }

    /** The links between two parties, whoever connects to whom: none, one or two. */
    public synchronized List<Link> between(String one, String other) {
        List<Link> found = new ArrayList<>(2);
        add(found, links.get(new Ends(one, other)));
        add(found, links.get(new Ends(other, one)));
        return found;
    }

    private static void add(List<Link> found, @Nullable Link link) {
        if (link != null) {
            found.add(link);
        }
    }

    /** The name of the party that is reached over a port of this machine, be it its own or a link's; empty if none is. */
    public synchronized String partyBehind(int port) {
        for (Map.Entry<Ends, Link> link : links.entrySet()) {
            if (link.getValue().port() == port) {
                return link.getKey().to;
            }
        }
        for (Map.Entry<String, InetSocketAddress> place : places.entrySet()) {
            if (place.getValue().getPort() == port) {
                return place.getKey();
            }
        }
        return "";
    }

    /** All links made so far at whose one end the party is. */
    public List<Link> linksOf(String party) {
        return links().stream()
                .filter(link -> link.from().equals(party) || link.to().equals(party))
                .toList();
    }

    /** All links made so far. */
    public synchronized List<Link> links() {
        return new ArrayList<>(links.values());
    }

    public void heal() {
        links().forEach(Link::heal);
    }

    @Override
    public void close() {
        links().forEach(Link::close);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private record Ends(String from, String to) {}
}
