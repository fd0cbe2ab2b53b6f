package io.pgorchestra.discovery.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that do not behave; those that do are in the lab's tests, against a real Postgres. */
@Timeout(30)
class NodeProbesTest {

    private static final SqlSettings SETTINGS =
            SqlSettings.of("probe", "secret", "postgres").withTimeout(Duration.ofMillis(400));

    @Test
    void silentNode_isUnreachableInTime_andHoldsUpNobody() {
        try (ServerNode silent = ServerNode.thatSaysNothing();
                ServerNode starting = ServerNode.thatRefuses("57P03", "the database system is starting up");
                NodeProbes probes = new NodeProbes(
                        List.of(silent.node("silent"), starting.node("starting")), SETTINGS, System::nanoTime)) {
            long begun = System.nanoTime();

            for (int i = 0; i < 3; i++) {
                List<NodeObservation> seen = probes.lookNow().join();

                assertEquals(State.UNREACHABLE, seen.get(0).state());
                assertEquals(State.NOT_ACCEPTING, seen.get(1).state());
            }

            long millis = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(millis < 3 * 400 + 1_500, "three looks took " + millis + " ms");
            assertEquals("no answer within 400 ms", probes.trouble("silent"));
            assertTrue(silent.connections.get() <= 3, "connections: " + silent.connections);
        }
    }

    @Test
    void refusals_bySqlState_areNotAcceptingOrUnreachable() {
        for (String kin : List.of("57P01", "57P02", "57P03", "53300")) {
            assertEquals(State.NOT_ACCEPTING, look(kin).state(), kin);
        }
        for (String other : List.of("28P01", "3D000", "28000")) {
            assertEquals(State.UNREACHABLE, look(other).state(), other);
        }
    }

    @Test
    void refusal_isToldToTheOperatorInOneLine() {
        try (ServerNode wrong = ServerNode.thatRefuses("28P01", "password authentication failed\nfor user probe");
                NodeProbes probes = new NodeProbes(List.of(wrong.node("a")), SETTINGS, System::nanoTime)) {
            probes.lookNow().join();

            assertEquals("28P01 FATAL: password authentication failed for user probe", probes.trouble("a"));
        }
    }

    @Test
    void latest_growsOld() {
        AtomicLong clock = new AtomicLong();
        try (ServerNode starting = ServerNode.thatRefuses("57P03", "starting");
                NodeProbes probes = new NodeProbes(List.of(starting.node("a")), SETTINGS, clock::get)) {
            probes.lookNow().join();

            clock.addAndGet(Duration.ofSeconds(5).toNanos());

            NodeObservation old = probes.latest().get(0);
            assertEquals(State.NOT_ACCEPTING, old.state());
            assertEquals(5_000, old.ageMillis());
        }
    }

    @Test
    void watch_ofOtherNodes_forgetsTheOldOnes() {
        try (ServerNode starting = ServerNode.thatRefuses("57P03", "starting");
                NodeProbes probes = new NodeProbes(List.of(starting.node("a")), SETTINGS, System::nanoTime)) {
            Node b = starting.node("b");

            probes.watch(List.of(b));

            assertEquals(List.of(b), probes.nodes());
            assertEquals("b", probes.lookNow().join().get(0).node());
        }
    }

    @Test
    void peek_atANodeThatIsNotWatched_staysBetweenUs() {
        AtomicInteger looks = new AtomicInteger();
        try (ServerNode starting = ServerNode.thatRefuses("57P03", "starting");
                NodeProbes probes = new NodeProbes(List.of(starting.node("a")), SETTINGS, System::nanoTime)) {
            probes.onLook((node, seen, askedNanos) -> looks.incrementAndGet());

            List<NodeObservation> seen =
                    probes.peek(List.of(starting.node("b"), starting.node("a"))).join();

            assertEquals(
                    List.of("b", "a"), seen.stream().map(NodeObservation::node).toList());
            assertEquals(State.NOT_ACCEPTING, seen.get(0).state());
            assertEquals(List.of(starting.node("a")), probes.nodes());
            assertEquals(1, looks.get());
        }
    }

    @Test
    void start_looksByItself_andHurryingMoreOften() {
        AtomicInteger looks = new AtomicInteger();
        try (ServerNode starting = ServerNode.thatRefuses("57P03", "starting");
                NodeProbes probes = new NodeProbes(List.of(starting.node("a")), SETTINGS, System::nanoTime)) {
            probes.onLook((node, seen, askedNanos) -> looks.incrementAndGet());
            probes.start();
            probes.atLeastEvery(Duration.ofMillis(250));
            long begun = System.nanoTime();

            awaitAtLeast(5, looks);

            long millis = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(millis < 3_500, "five looks took " + millis + " ms (expected: one in 250 ms)");
        }
    }

    @Test
    void settings_asText_hideThePassword() {
        assertEquals("probe@postgres", SETTINGS.toString());
    }

    private static NodeObservation look(String sqlState) {
        try (ServerNode node = ServerNode.thatRefuses(sqlState, "no");
                NodeProbes probes = new NodeProbes(List.of(node.node("a")), SETTINGS, System::nanoTime)) {
            return probes.lookNow().join().get(0);
        }
    }

    private static void awaitAtLeast(int wanted, AtomicInteger count) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (count.get() < wanted) {
            assertTrue(System.nanoTime() - deadline < 0, "only " + count);
            Thread.onSpinWait();
        }
    }

    /** Something that listens where a node should be. */
    private static final class ServerNode implements AutoCloseable {

        private final ServerSocket listener;
        private final AtomicInteger connections = new AtomicInteger();
        private final String sqlState;
        private final String message;

        private ServerNode(String sqlState, String message) throws IOException {
            this.sqlState = sqlState;
            this.message = message;
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(this::serve, "server-node");
            thread.setDaemon(true);
            thread.start();
        }

        static ServerNode thatSaysNothing() {
            return thatRefuses("", "");
        }

        static ServerNode thatRefuses(String sqlState, String message) {
            try {
                return new ServerNode(sqlState, message);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Node node(String name) {
            return new Node(name, "127.0.0.1", listener.getLocalPort());
        }

        private void serve() {
            while (!listener.isClosed()) {
                try {
                    Socket client = listener.accept();
                    connections.incrementAndGet();
                    if (!sqlState.isEmpty()) {
                        refuse(client);
                    }
                } catch (IOException e) {
                    // Closed, or that client has gone.
                }
            }
        }

        private void refuse(Socket client) throws IOException {
            try (client) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream();
                int length = in.readInt();
                int code = in.readInt();
                in.skipBytes(length - 8);
                if (code == 80_877_103) { // SSLRequest
                    out.write('N');
                    out.flush();
                    in.skipBytes(in.readInt() - 4);
                }
                byte[] fields =
                        ("SFATAL\0VFATAL\0C" + sqlState + "\0M" + message + "\0\0").getBytes(StandardCharsets.UTF_8);
                out.write('E');
                out.write(new byte[] {0, 0, (byte) ((fields.length + 4) >> 8), (byte) (fields.length + 4)});
                out.write(fields);
                out.flush();
                client.shutdownOutput();
                while (in.read() >= 0) {
                    // The client goes first, so that nothing of the answer is lost.
                }
            } catch (SocketException e) {
                // It went.
            }
        }

        @Override
        public void close() {
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
