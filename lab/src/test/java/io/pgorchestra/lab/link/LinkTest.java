package io.pgorchestra.lab.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkTest {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 200;

    private final LabNetwork network = LabNetwork.open();
    private ServerSocket listener;
    private Link link;

    @BeforeEach
    void open() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        network.place("server", listener.getLocalPort());
        link = network.link("client", "server");
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        listener.close();
    }

    @Test
    void open_manyBytes_arriveBothWays() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        byte[] bytes = new byte[5_000_000];
        new Random(seed).nextBytes(bytes);
        Line line = connect();

        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> line.callerSends(bytes));
        byte[] received = line.targetReads(bytes.length);
        CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> line.targetSends(received));

        assertArrayEquals(bytes, line.callerReads(bytes.length), "seed " + seed);
        sending.join();
        answering.join();
    }

    @Test
    void open_closeOfOneSide_reachesTheOther() throws Exception {
        Line line = connect();

        line.caller.close();

        assertEquals(-1, line.target.getInputStream().read());
        awaitNoConnection();
    }

    @Test
    void open_nobodyListens_resetsTheCaller() throws Exception {
        listener.close();

        Socket caller = dial();

        assertThrows(SocketException.class, () -> caller.getInputStream().read());
    }

    @Test
    void link_whereItIsTold_isOneOfSeveralOnOnePort() throws Exception {
        InetAddress other = InetAddress.getByName("127.0.1.1");
        assumeTrue(isOurs(other), "no loopback address but 127.0.0.1");
        Link second = network.link("another", "server", new InetSocketAddress(other, link.port()));
        Line line = connect();

        link.cut();

        try (Socket caller = new Socket(other, link.port());
                Socket target = listener.accept()) {
            new Line(caller, target).exchange();
        }
        assertEquals(new InetSocketAddress(other, link.port()), second.address());
        line.callerSends(bytes("lost"));
        assertSilent(line.target);
    }

    private static boolean isOurs(InetAddress address) {
        try (ServerSocket probe = new ServerSocket(0, 1, address)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void cut_ofOpenConnection_swallowsBothWaysAndTellsNobody() throws Exception {
        Line line = connect();

        link.cut();
        line.callerSends(bytes("lost"));
        line.targetSends(bytes("lost too"));

        assertSilent(line.target);
        assertSilent(line.caller);
        assertEquals("dropped", link.state());
    }

    @Test
    void heal_ofConnectionThatLostBytes_resetsIt() throws Exception {
        Line line = connect();
        link.cut();
        line.callerSends(bytes("lost"));
        assertSilent(line.target);

        link.heal();

        assertThrows(SocketException.class, () -> line.caller.getInputStream().read());
        assertThrows(SocketException.class, () -> line.target.getInputStream().read());
        connect().exchange();
    }

    @Test
    void heal_ofConnectionThatWasIdle_letsItGoOn() throws Exception {
        Line line = connect();

        link.cut();
        link.heal();

        line.exchange();
        assertEquals("open", link.state());
    }

    @Test
    void cut_closeOfOneSide_isHiddenFromTheOtherUntilItHeals() throws Exception {
        Line line = connect();
        link.cut();

        line.caller.close();

        assertSilent(line.target);
        link.heal();
        assertThrows(SocketException.class, () -> line.target.getInputStream().read());
    }

    @Test
    void cut_oneWay_leavesTheOtherWay() throws Exception {
        Line line = connect();

        link.cut(Direction.FORTH);
        line.callerSends(bytes("lost"));
        line.targetSends(bytes("seen"));

        assertSilent(line.target);
        assertArrayEquals(bytes("seen"), line.callerReads(4));
    }

    @Test
    void cut_newConnection_getsNoAnswerAndIsResetByHeal() throws Exception {
        link.cut(Direction.BACK);

        Socket caller = dial();
        caller.getOutputStream().write(bytes("hello"));

        assertSilent(caller);
        listener.setSoTimeout(SILENCE_MILLIS);
        assertThrows(SocketTimeoutException.class, listener::accept);
        link.heal();
        assertThrows(SocketException.class, () -> caller.getInputStream().read());
    }

    @Test
    void freeze_thenHeal_losesNothing() throws Exception {
        Line line = connect();
        link.freeze();
        line.callerSends(bytes("kept"));
        line.targetSends(bytes("also"));
        assertSilent(line.target);
        assertSilent(line.caller);

        link.heal();

        assertArrayEquals(bytes("kept"), line.targetReads(4));
        assertArrayEquals(bytes("also"), line.callerReads(4));
    }

    /** Healing while a connection is being made opened a second one to the same target. */
    @Test
    void heal_manyTimesWhileConnecting_connectsOnce() throws Exception {
        link.freeze();
        Socket caller = dial();
        Poll.until(Duration.ofSeconds(5), () -> link.connections() == 1, () -> "not accepted");

        link.change(() -> {
            link.mend();
            link.mend();
        });

        listener.accept();
        listener.setSoTimeout(SILENCE_MILLIS);
        assertThrows(SocketTimeoutException.class, listener::accept);
        caller.close();
    }

    @Test
    void freeze_newConnection_isMadeByHeal() throws Exception {
        link.freeze();
        Socket caller = dial();
        caller.getOutputStream().write(bytes("hello"));
        assertSilent(caller);

        link.heal();

        assertArrayEquals(bytes("hello"), listener.accept().getInputStream().readNBytes(5));
    }

    @Test
    void slow_byDelay_delaysEachWay() throws Exception {
        Line line = connect();
        link.slow(Duration.ofMillis(100), Long.MAX_VALUE);
        long start = System.nanoTime();

        line.exchange();

        assertTrue(System.nanoTime() - start >= 200_000_000, "a round trip took less than twice the delay");
        assertEquals("open, 100 ms", link.state());
    }

    @Test
    void slow_byRate_takesTheTimeOfTheBytes() throws Exception {
        Line line = connect();
        link.slow(Duration.ZERO, 1_000_000);
        long start = System.nanoTime();

        line.callerSends(new byte[200_000]);
        line.targetReads(200_000);

        assertTrue(System.nanoTime() - start >= 200_000_000, "200 kB at 1 MB/s took less than 0.2 s");
    }

    @Test
    void heal_ofSlowLink_keepsTheOrder() throws Exception {
        Line line = connect();
        link.slow(Duration.ofMillis(300), Long.MAX_VALUE);
        line.callerSends(bytes("first "));
        Poll.until(Duration.ofSeconds(5), () -> link.connections() == 1, () -> "no connection");

        link.heal();
        line.callerSends(bytes("second"));

        assertArrayEquals(bytes("first second"), line.targetReads(12));
    }

    @Test
    void reset_resetsBothSidesAndLetsNewOnesIn() throws Exception {
        Line line = connect();

        link.reset();

        assertThrows(SocketException.class, () -> line.caller.getInputStream().read());
        assertThrows(SocketException.class, () -> line.target.getInputStream().read());
        awaitNoConnection();
        connect().exchange();
    }

    @Test
    void between_ofTwoPartiesThatDoNotSpeak_isNothing() {
        assertEquals(1, network.between("server", "client").size());
        assertEquals(0, network.between("server", "stranger").size());
        assertThrows(LabException.class, () -> network.link("client", "stranger"));
    }

    private void awaitNoConnection() {
        Poll.until(Duration.ofSeconds(5), () -> link.connections() == 0, () -> link.connections() + " connections");
    }

    private Line connect() throws IOException {
        Socket caller = dial();
        Socket target = listener.accept();
        target.setSoTimeout(PATIENCE_MILLIS);
        return new Line(caller, target);
    }

    private Socket dial() throws IOException {
        Socket caller = new Socket(link.address().getAddress(), link.port());
        caller.setSoTimeout(PATIENCE_MILLIS);
        return caller;
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The two ends of one connection through the link. */
    private record Line(Socket caller, Socket target) {

        void exchange() throws IOException {
            callerSends(bytes("ping"));
            assertArrayEquals(bytes("ping"), targetReads(4));
            targetSends(bytes("pong"));
            assertArrayEquals(bytes("pong"), callerReads(4));
        }

        void callerSends(byte[] bytes) {
            send(caller, bytes);
        }

        void targetSends(byte[] bytes) {
            send(target, bytes);
        }

        byte[] callerReads(int count) throws IOException {
            return caller.getInputStream().readNBytes(count);
        }

        byte[] targetReads(int count) throws IOException {
            return target.getInputStream().readNBytes(count);
        }

        private static void send(Socket socket, byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
