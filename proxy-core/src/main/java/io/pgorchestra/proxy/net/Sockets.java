package io.pgorchestra.proxy.net;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.uring.IoUringChannelOption;

/** The socket options of both sides, in one place. */
public final class Sockets {

    /** Above the high mark a peer is not read for the sake of this one; twice the largest read, so that one read fits. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private Sockets() {}

    /** TCP settings, as in PgBouncer; zero leaves the system's value. */
    public record Settings(
            boolean keepAlive,
            int keepAliveIdleSeconds,
            int keepAliveIntervalSeconds,
            int keepAliveCount,
            int userTimeoutMillis) {}

    /** For connections that we open. */
    public static void configure(Bootstrap bootstrap, Transport transport, Settings settings) {
        apply(transport, settings, bootstrap::option);
    }

    /** For connections that we accept. */
    public static void configure(ServerBootstrap bootstrap, Transport transport, Settings settings, int backlog) {
        bootstrap.option(ChannelOption.SO_BACKLOG, backlog);
        bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        bootstrap.option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
        apply(transport, settings, bootstrap::childOption);
    }

    private interface Options {
        <T> AbstractBootstrap<?, ?> set(ChannelOption<T> option, T value);
    }

    private static void apply(Transport transport, Settings settings, Options options) {
        options.set(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
        options.set(ChannelOption.TCP_NODELAY, true);
        options.set(ChannelOption.SO_KEEPALIVE, settings.keepAlive());
        options.set(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        switch (transport) {
            case IO_URING -> {
                setPositive(options, IoUringChannelOption.TCP_KEEPIDLE, settings.keepAliveIdleSeconds());
                setPositive(options, IoUringChannelOption.TCP_KEEPINTVL, settings.keepAliveIntervalSeconds());
                setPositive(options, IoUringChannelOption.TCP_KEEPCNT, settings.keepAliveCount());
                setPositive(options, IoUringChannelOption.TCP_USER_TIMEOUT, settings.userTimeoutMillis());
            }
            case EPOLL -> {
                setPositive(options, EpollChannelOption.TCP_KEEPIDLE, settings.keepAliveIdleSeconds());
                setPositive(options, EpollChannelOption.TCP_KEEPINTVL, settings.keepAliveIntervalSeconds());
                setPositive(options, EpollChannelOption.TCP_KEEPCNT, settings.keepAliveCount());
                setPositive(options, EpollChannelOption.TCP_USER_TIMEOUT, settings.userTimeoutMillis());
            }
            case NIO -> {}
        }
    }

    private static void setPositive(Options options, ChannelOption<Integer> option, int value) {
        if (value > 0) {
            options.set(option, value);
        }
    }
}
