package io.pgorchestra.lab.hostile;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.Authentication.AuthenticationOk;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.BackendKeyData;
import io.pgorchestra.protocol.message.BackendMessage.BindComplete;
import io.pgorchestra.protocol.message.BackendMessage.CommandComplete;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.NoData;
import io.pgorchestra.protocol.message.BackendMessage.ParameterStatus;
import io.pgorchestra.protocol.message.BackendMessage.ParseComplete;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.SqlState;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server that speaks enough Postgres to be logged in to, answers every query with the text between its first two quotes, and harms its
 * answers while it is told to. A thread for each connection, plain sockets.
 */
final class FakeBackend implements AutoCloseable {

    /** The code in place of a protocol version that asks to cancel. */
    private static final int CANCEL_CODE = 1234 << 16 | 5678;

    private static final int MAX_FRAME_BYTES = 1 << 20;

    private static final List<String> PARAMETERS = List.of(
            "server_version",
            "18.0",
            "client_encoding",
            "UTF8",
            "DateStyle",
            "ISO, MDY",
            "TimeZone",
            "UTC",
            "application_name",
            "",
            "standard_conforming_strings",
            "on",
            "IntervalStyle",
            "postgres");

    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong nextSeed;
    private final AtomicInteger harmed = new AtomicInteger();
    private volatile boolean hostile = true;

    /** What it answers to a query instead; empty for what a server should. */
    private volatile byte[] script = new byte[0];

    private FakeBackend(ServerSocket listener, long seed) {
        this.listener = listener;
        this.nextSeed = new AtomicLong(seed);
    }

    /** Starts one whose connections are harmed by seeds counted up from this one. */
    static FakeBackend start(long seed) throws IOException {
        FakeBackend backend = new FakeBackend(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), seed);
        Thread acceptor = new Thread(backend::accept, "fake-backend");
        acceptor.setDaemon(true);
        acceptor.start();
        return backend;
    }

    /** Starts one that answers every query with these bytes, and does no other harm. */
    static FakeBackend scripted(byte[] answer) throws IOException {
        FakeBackend backend = start(0);
        backend.hostile = false;
        backend.script = answer;
        return backend;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many answers have been harmed. */
    int harmed() {
        return harmed.get();
    }

    /** From now on it does what a server should, on new connections; those it has are closed. */
    void turnHonest() throws IOException {
        hostile = false;
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread thread = new Thread(() -> serve(socket), "fake-backend-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        open.add(socket);
        try (socket) {
            socket.setTcpNoDelay(true);
            new Connection(socket, new Random(nextSeed.getAndIncrement())).serve();
        } catch (IOException ended) {
            // Either side may end it at any time.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    static byte[] bytes(BackendMessage message) {
        ByteBuf out = Unpooled.buffer();
        MessageWriter.write(message, out);
        return ByteBufUtil.getBytes(out);
    }

    private final class Connection {

        private final Socket socket;
        private final Random random;
        private final DataInputStream in;
        private final OutputStream out;
        private final Mutations mutations;
        private final Map<String, String> statements = new ConcurrentHashMap<>();
        private String bound = "";

        /** What the fuzz puts in where it does not belong. */
        private final List<byte[]> strangers;

        private Connection(Socket socket, Random random) throws IOException {
            this.socket = socket;
            this.random = random;
            this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            this.out = socket.getOutputStream();
            this.mutations = new Mutations(random);
            this.strangers = strangers(random);
        }

        private void serve() throws IOException {
            int length = in.readInt();
            int code = in.readInt();
            in.readNBytes(Math.min(MAX_FRAME_BYTES, length - 8));
            if (code == CANCEL_CODE) {
                return;
            }
            List<byte[]> welcome = new ArrayList<>();
            welcome.add(bytes(new AuthenticationOk()));
            for (int i = 0; i < PARAMETERS.size(); i += 2) {
                welcome.add(bytes(new ParameterStatus(PARAMETERS.get(i), PARAMETERS.get(i + 1))));
            }
            welcome.add(bytes(new BackendKeyData(random.nextInt(1 << 20), new byte[4])));
            welcome.add(ready());
            answer(welcome, 20);
            while (true) {
                message();
            }
        }

        private void message() throws IOException {
            byte tag = in.readByte();
            int length = in.readInt();
            String body = new String(in.readNBytes(Math.min(MAX_FRAME_BYTES, length - 4)), StandardCharsets.UTF_8);
            switch (tag) {
                case FrontendTag.QUERY -> {
                    if (script.length > 0) {
                        out.write(script);
                        return;
                    }
                    List<byte[]> frames = rows(body);
                    frames.add(ready());
                    answer(frames, 8);
                }
                case FrontendTag.PARSE -> {
                    String[] parts = body.split("\0", 3);
                    statements.put(parts[0], parts[1]);
                    answer(bytes(new ParseComplete()));
                }
                case FrontendTag.BIND -> {
                    bound = statements.getOrDefault(body.split("\0", 3)[1], "");
                    answer(bytes(new BindComplete()));
                }
                case FrontendTag.DESCRIBE -> answer(bytes(new NoData()));
                case FrontendTag.EXECUTE -> answer(rows(bound), 8);
                case FrontendTag.CLOSE -> answer(bytes(new BackendMessage.CloseComplete()));
                case FrontendTag.SYNC -> answer(ready());
                case FrontendTag.TERMINATE -> throw new IOException("the proxy has ended it");
                default -> {}
            }
        }

        private List<byte[]> rows(String sql) {
            List<byte[]> frames = new ArrayList<>();
            int start = sql.indexOf('\'') + 1;
            int end = sql.indexOf('\'', start);
            String text = start > 0 && end > 0 ? sql.substring(start, end) : "";
            frames.add(bytes(new DataRow(List.of(text.getBytes(StandardCharsets.UTF_8)))));
            frames.add(bytes(new CommandComplete("SELECT 1")));
            return frames;
        }

        private byte[] ready() {
            return bytes(new ReadyForQuery(TransactionStatus.IDLE));
        }

        private void answer(byte[] frame) throws IOException {
            List<byte[]> frames = new ArrayList<>();
            frames.add(frame);
            answer(frames, 30);
        }

        /** Sends the frames, harmed one time in {@code odds}. */
        private void answer(List<byte[]> frames, int odds) throws IOException {
            if (!hostile || random.nextInt(odds) > 0) {
                for (byte[] frame : frames) {
                    out.write(frame);
                }
                return;
            }
            harmed.incrementAndGet();
            switch (random.nextInt(20)) {
                case 0 -> throw new IOException("closed in the middle");
                case 1 -> {
                    socket.setSoLinger(true, 0);
                    throw new IOException("reset in the middle");
                }
                case 2 -> frames.add(random.nextInt(frames.size() + 1), fatal());
                case 3 -> in.transferTo(OutputStream.nullOutputStream());
                default -> mutations.harm(frames, strangers);
            }
            for (byte[] piece : isReadyTooSoon(frames) ? List.of(joined(frames)) : mutations.pieces(frames)) {
                out.write(piece);
            }
        }

        /**
         * Whether it says that it is ready and goes on. If it went on later, nobody could tell that from an answer to the next client; said at
         * once, it must be noticed.
         */
        private boolean isReadyTooSoon(List<byte[]> frames) {
            return frames.stream()
                    .limit(Math.max(0, frames.size() - 1))
                    .anyMatch(frame -> frame.length > 0 && frame[0] == BackendTag.READY_FOR_QUERY);
        }

        private byte[] joined(List<byte[]> frames) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            frames.forEach(all::writeBytes);
            return all.toByteArray();
        }

        private byte[] fatal() {
            return bytes(ErrorFields.fatal(SqlState.ADMIN_SHUTDOWN, "as if an administrator had said so")
                    .toErrorResponse());
        }

        private List<byte[]> strangers(Random from) {
            List<byte[]> frames = new ArrayList<>(List.of(
                    ready(),
                    fatal(),
                    bytes(ErrorFields.error(SqlState.INTERNAL_ERROR, "unasked").toErrorResponse()),
                    bytes(new ParameterStatus("name" + from.nextInt(5), "value" + from.nextInt(100))),
                    bytes(new ParameterStatus("TimeZone", "Asia/Tokyo")),
                    bytes(new CommandComplete("DISCARD ALL")),
                    bytes(new ParseComplete()),
                    bytes(new NoData())));
            for (TransactionStatus status : TransactionStatus.values()) {
                frames.add(bytes(new ReadyForQuery(status)));
            }
            for (byte tag : new byte[] {
                BackendTag.COPY_IN_RESPONSE,
                BackendTag.COPY_OUT_RESPONSE,
                BackendTag.COPY_BOTH_RESPONSE,
                BackendTag.COPY_DONE,
                BackendTag.NOTICE_RESPONSE,
                BackendTag.NOTIFICATION_RESPONSE,
                BackendTag.PORTAL_SUSPENDED,
                BackendTag.READY_FOR_QUERY,
                BackendTag.PARAMETER_STATUS,
                BackendTag.COMMAND_COMPLETE,
                BackendTag.ERROR_RESPONSE
            }) {
                int bodyBytes = from.nextInt(4);
                byte[] frame = new byte[5 + bodyBytes];
                frame[0] = tag;
                frame[4] = (byte) (4 + bodyBytes);
                frames.add(frame);
            }
            return frames;
        }
    }
}
