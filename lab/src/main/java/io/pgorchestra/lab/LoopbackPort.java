package io.pgorchestra.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP port on 127.0.0.1: whether it is free, and how to come by a free one. */
public final class LoopbackPort {

    /**
     * Below the range from which Linux takes the ports of outgoing connections (32768 and up), so that no connection sits on
     * a node's port while the node is down.
     */
    private static final int FIRST_FREE_CANDIDATE = 20_000;

    private static final int FREE_CANDIDATES = 12_000;

    /** Where the next search begins: at a place of the process's own, and each behind the one before. */
    private static final AtomicInteger NEXT = new AtomicInteger(
            (int) ((ProcessHandle.current().pid() * 31 + System.nanoTime() / 1_000) % FREE_CANDIDATES));

    private LoopbackPort() {}

    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As Postgres and Netty do: a port with connections in TIME_WAIT counts as free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A free port, not one given before: its taker need not have bound it yet. */
    public static int findFree() {
        for (int i = 0; i < FREE_CANDIDATES; i++) {
            int port = FIRST_FREE_CANDIDATE + Math.floorMod(NEXT.getAndIncrement(), FREE_CANDIDATES);
            if (isFree(port)) {
                return port;
            }
        }
        throw new LabException("No free TCP port on 127.0.0.1 between " + FIRST_FREE_CANDIDATE + " and "
                + (FIRST_FREE_CANDIDATE + FREE_CANDIDATES - 1) + ".");
    }
}
