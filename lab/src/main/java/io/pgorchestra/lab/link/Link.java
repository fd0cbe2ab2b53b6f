package io.pgorchestra.lab.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.pgorchestra.lab.LabException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A TCP line from one party to another, as a relay on a port of its own, that can be cut, frozen, slowed and reset. For all threads; each
 * call returns when it is in force.
 *
 * <p>It differs from a real network in two points. The relay's kernel answers for the other side, so that a connect succeeds on a link
 * that is cut (and then nothing comes), and TCP's own timers see nothing. And bytes that a cut has swallowed are not sent again: a connection
 * that lost some is reset when the link heals. {@link #freeze} is the short outage that TCP outlives.
 */
public final class Link implements AutoCloseable {

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final String from;
    private final String to;
    private final InetSocketAddress target;
    private final EventLoop loop;
    private final Channel listener;
    private final LinkWeather weather = new LinkWeather();
    private final Set<LinkConnection> connections = new HashSet<>();

    /** @param where to listen; port 0 for any that is free */
    Link(String from, String to, InetSocketAddress where, InetSocketAddress target, EventLoop loop) {
        this.from = from;
        this.to = to;
        this.target = target;
        this.loop = loop;
        listener = listen(where);
    }

    private Channel listen(InetSocketAddress where) {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel caller) {
                        accept(caller);
                    }
                })
                .bind(where)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new LabException(
                    "The link " + this + " cannot listen at " + where + ": " + bound.cause(), bound.cause());
        }
        return bound.channel();
    }

    private void accept(Channel caller) {
        LinkConnection connection = new LinkConnection(this, caller);
        connections.add(connection);
        if (weather.connects()) {
            connection.connect();
        } else if (isDropping()) {
            connection.drop(Direction.FORTH);
        }
    }

    private boolean isDropping() {
        return weather.flow(Direction.FORTH) == Flow.DROPPED || weather.flow(Direction.BACK) == Flow.DROPPED;
    }

    void openTarget(LinkConnection connection, EventLoop connectionLoop) {
        new Bootstrap()
                .group(connectionLoop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(target)
                .addListener((ChannelFuture opened) -> {
                    if (opened.isSuccess()) {
                        connection.connected(opened.channel());
                    } else {
                        connection.reset();
                    }
                });
    }

    LinkWeather weather() {
        return weather;
    }

    void forget(LinkConnection connection) {
        connections.remove(connection);
    }

    /** Where the first party connects instead of to the second. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    public int port() {
        return address().getPort();
    }

    /** From now on bytes vanish both ways, and so do those on their way; nobody is told. */
    public void cut() {
        cut(Direction.FORTH);
        cut(Direction.BACK);
    }

    /** From now on the bytes of one direction vanish. */
    public void cut(Direction direction) {
        change(() -> {
            weather.setFlow(direction, Flow.DROPPED);
            connections.forEach(connection -> connection.drop(direction));
        });
    }

    /** From now on no byte moves, and none is lost. */
    public void freeze() {
        change(() -> {
            for (Direction direction : Direction.values()) {
                if (weather.flow(direction) == Flow.OPEN) {
                    weather.setFlow(direction, Flow.FROZEN);
                }
            }
            connections.forEach(LinkConnection::refresh);
        });
    }

    /**
     * From now on every byte takes longer.
     *
     * @param delay one way
     * @param bytesPerSecond for each connection and each direction; {@code Long.MAX_VALUE} for no limit
     */
    public void slow(Duration delay, long bytesPerSecond) {
        if (delay.isNegative() || bytesPerSecond < 1) {
            throw new IllegalArgumentException("delay: " + delay + ", bytesPerSecond: " + bytesPerSecond
                    + " (expected: none below zero, and at least 1 byte)");
        }
        change(() -> weather.slow(delay, bytesPerSecond));
    }

    /** Ends all present connections with a RST to both sides; new ones may come. */
    public void reset() {
        change(() -> new ArrayList<>(connections).forEach(LinkConnection::reset));
    }

    /** Everything is as in the beginning; connections that have lost bytes are reset. */
    public void heal() {
        change(this::mend);
    }

    /** On the event loop. */
    void mend() {
        weather.clear();
        new ArrayList<>(connections).forEach(LinkConnection::heal);
    }

    /** How many connections go through it now. */
    public int connections() {
        return ask(connections::size);
    }

    /** What is the matter with it, for a person; {@code open} if nothing. */
    public String state() {
        return ask(weather::toString);
    }

    /** The party that connects. */
    public String from() {
        return from;
    }

    /** The party that listens. */
    public String to() {
        return to;
    }

    /** Runs a task on the event loop, and returns when it is done. */
    void change(Runnable task) {
        ask(() -> {
            task.run();
            return true;
        });
    }

    private <T> T ask(Callable<T> question) {
        return loop.submit(question).syncUninterruptibly().getNow();
    }

    /** Ends the link and its connections. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        reset();
    }

    @Override
    public String toString() {
        return from + " to " + to;
    }
}
