package io.pgorchestra.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;

/** How bytes reach the kernel. */
public enum Transport {
    IO_URING,
    EPOLL,
    NIO;

    /** Netty's switch between one poll for all that a peer will ever send, and one for each read. */
    private static final String MULTISHOT_POLL = "io.netty.iouring.pollAddMultishotEnabled";

    static {
        // A reset that comes right behind bytes completes the one poll with an error and without "readable", which
        // Netty (4.2.18) takes
        // for nothing: the connection would stay for ever, with the server it holds. The next read's own poll tells of
        // it.
        if (System.getProperty(MULTISHOT_POLL) == null) {
            System.setProperty(MULTISHOT_POLL, "false");
        }
    }

    /**
     * The transport by its name in the configuration; {@code auto} is the best one that this machine has.
     *
     * <p>io_uring serves one loop only: a connection that moves to the loop of its pool loses what it was about to read
     * (Netty 4.2.18), where epoll and NIO do not.
     *
     * @throws IllegalArgumentException if it is not to be had, with the reason
     */
    public static Transport of(String setting, int loops) {
        return switch (setting.toLowerCase(Locale.ROOT)) {
            case "auto" -> loops == 1 && IoUring.isAvailable() ? IO_URING : Epoll.isAvailable() ? EPOLL : NIO;
            case "io_uring" -> {
                if (loops > 1) {
                    throw new IllegalArgumentException("transport: io_uring with event_loops " + loops
                            + " (expected: event_loops 1, or transport epoll)");
                }
                yield require(IO_URING, IoUring.isAvailable(), IoUring.unavailabilityCause());
            }
            case "epoll" -> require(EPOLL, Epoll.isAvailable(), Epoll.unavailabilityCause());
            case "nio" -> NIO;
            default ->
                throw new IllegalArgumentException(
                        "transport: " + setting + " (expected: auto, io_uring, epoll or nio)");
        };
    }

    private static Transport require(Transport transport, boolean available, Throwable cause) {
        if (!available) {
            throw new IllegalArgumentException(
                    "transport: " + transport.settingName() + " is not to be had on this machine (" + cause.getMessage()
                            + "); use auto",
                    cause);
        }
        return transport;
    }

    public String settingName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public IoHandlerFactory ioHandlerFactory() {
        return switch (this) {
            case IO_URING -> IoUringIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    public Class<? extends Channel> socketChannel() {
        return switch (this) {
            case IO_URING -> IoUringSocketChannel.class;
            case EPOLL -> EpollSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    public Class<? extends ServerChannel> serverSocketChannel() {
        return switch (this) {
            case IO_URING -> IoUringServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }
}
