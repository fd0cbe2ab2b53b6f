package io.pgorchestra.lab.transparency;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.BackendKeyData;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolVersion;
import io.pgorchestra.protocol.message.StartupPacket;
import io.pgorchestra.protocol.message.StartupPacket.CancelRequest;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import io.pgorchestra.protocol.message.StartupPacketWriter;
import io.pgorchestra.protocol.trace.WireTrace;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks the raw protocol over a blocking socket, says exactly what it is told to, and writes down what comes back.
 * Every read has a time limit. Used by one thread at a time.
 */
public final class WireClient implements AutoCloseable {

    public static final String USER = "postgres";
    public static final String DATABASE = "postgres";

    private static final int READ_TIMEOUT_MILLIS = 10_000;
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    /** Longer frames stand in the trace by their length and a hash. */
    private static final int MAX_TRACED_BYTES = 8 * 1024;

    /** No test is sent longer ones, unless somebody lies. */
    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    private final Socket socket;
    private final DataInputStream in;
    private final WireTrace wireTrace = WireTrace.full();
    private final List<String> trace = new ArrayList<>();
    private @Nullable BackendKeyData key;
    private int maxWriteBytes = Integer.MAX_VALUE;

    private WireClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    }

    /** A connection on which nothing has been said. */
    public static WireClient open(int port) throws IOException {
        return open(port, 0);
    }

    /** As {@link #open(int)}, with a receive buffer of that size, for clients that read slowly; 0 for the system's. */
    public static WireClient open(int port, int receiveBufferBytes) throws IOException {
        Socket socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MILLIS);
        return new WireClient(socket);
    }

    /** A connection that has logged in, with further startup parameters as pairs of name and value. */
    public static WireClient login(int port, String... parameters) throws IOException {
        WireClient client = open(port);
        try {
            client.send(startupMessage(parameters));
            client.receiveUntil(ReadyForQuery.class);
            return client;
        } catch (IOException | RuntimeException | Error e) {
            client.close();
            throw e;
        }
    }

    public static StartupMessage startupMessage(String... parameters) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("user", USER);
        all.put("database", DATABASE);
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return new StartupMessage(ProtocolVersion.V3_0, all);
    }

    /** Asks to cancel what the holder of the key runs, and returns when the other side has closed the connection. */
    public static void cancel(int port, BackendKeyData key) throws IOException {
        try (WireClient client = open(port)) {
            client.send(new CancelRequest(key.processId(), key.secretKey()));
            client.awaitEnd();
        }
    }

    public static byte[] bytes(FrontendMessage... messages) {
        ByteBuf out = Unpooled.buffer();
        for (FrontendMessage message : messages) {
            MessageWriter.write(message, out);
        }
        return ByteBufUtil.getBytes(out);
    }

    public static byte[] bytes(StartupPacket packet) {
        ByteBuf out = Unpooled.buffer();
        StartupPacketWriter.write(packet, out);
        return ByteBufUtil.getBytes(out);
    }

    public void send(StartupPacket packet) throws IOException {
        byte[] bytes = bytes(packet);
        trace.add(wireTrace.startup(Unpooled.wrappedBuffer(bytes)));
        sendBytes(bytes);
    }

    /** Sends the messages in one write. */
    public void send(FrontendMessage... messages) throws IOException {
        for (FrontendMessage message : messages) {
            byte[] frame = bytes(message);
            trace.add(
                    frame.length > MAX_TRACED_BYTES
                            ? summary("F", frame)
                            : wireTrace.frontend(Unpooled.wrappedBuffer(frame)));
        }
        sendBytes(bytes(messages));
    }

    /** Sends bytes that need not be messages; they are not traced. */
    public void sendBytes(byte[] bytes) throws IOException {
        for (int sent = 0; sent < bytes.length; ) {
            int length = Math.min(maxWriteBytes, bytes.length - sent);
            socket.getOutputStream().write(bytes, sent, length);
            sent += length;
        }
    }

    /** From now on sends in pieces of at most so many bytes, each in a packet of its own if the network is quick. */
    public void maxWriteBytes(int max) {
        maxWriteBytes = max;
    }

    /** Reads the one byte that answers an SSLRequest or GSSENCRequest. */
    public void receiveEncryptionAnswer() throws IOException {
        trace.add(wireTrace.encryptionAnswer(in.readByte()));
    }

    public BackendMessage receive() throws IOException {
        byte tag = in.readByte();
        int length = in.readInt();
        if (length < Integer.BYTES || length > MAX_MESSAGE_BYTES) {
            throw new IOException(
                    "length of message " + (char) tag + ": " + length + " (expected: 4.." + MAX_MESSAGE_BYTES + ")");
        }
        byte[] frame = new byte[1 + length];
        frame[0] = tag;
        ByteBuf buffer = Unpooled.wrappedBuffer(frame);
        buffer.setInt(1, length);
        in.readFully(frame, 1 + Integer.BYTES, length - Integer.BYTES);
        trace.add(frame.length > MAX_TRACED_BYTES ? summary("B", frame) : wireTrace.backend(buffer));
        BackendMessage message = MessageReader.readBackend(tag, buffer.skipBytes(1 + Integer.BYTES));
        if (message instanceof BackendKeyData data) {
            key = data;
        }
        return message;
    }

    private static String summary(String direction, byte[] frame) {
        return direction + "\t" + (frame.length - 1) + "\t" + (char) frame[0] + " hash " + Arrays.hashCode(frame);
    }

    /** Bytes as they come, within the read timeout: none if nothing has come by then, or the other side has ended. */
    public byte[] readRaw() throws IOException {
        byte[] some = new byte[64 * 1024];
        try {
            return Arrays.copyOf(some, Math.max(0, in.read(some)));
        } catch (SocketTimeoutException nothing) {
            return new byte[0];
        }
    }

    /** Everything up to and with the first message of that type; an end of the connection before it is an {@link EOFException}. */
    public List<BackendMessage> receiveUntil(Class<? extends BackendMessage> last) throws IOException {
        List<BackendMessage> received = new ArrayList<>();
        while (true) {
            BackendMessage message;
            try {
                message = receive();
            } catch (EOFException e) {
                throw new IOException("the connection ended after " + received, e);
            }
            received.add(message);
            if (last.isInstance(message)) {
                return received;
            }
        }
    }

    /** Everything up to and with the first message of that type, or up to the end of the connection, however it ends. */
    public List<BackendMessage> receiveUntilOrEnd(Class<? extends BackendMessage> last) throws IOException {
        List<BackendMessage> received = new ArrayList<>();
        try {
            do {
                received.add(receive());
            } while (!last.isInstance(received.get(received.size() - 1)));
        } catch (EOFException | SocketException end) {
            // Told apart by what was received.
        }
        return received;
    }

    /** Everything up to the end of the connection, however it ends. */
    public List<BackendMessage> receiveToEnd() throws IOException {
        List<BackendMessage> received = new ArrayList<>();
        while (true) {
            try {
                received.add(receive());
            } catch (EOFException | SocketException end) {
                return received;
            }
        }
    }

    /** Reads and forgets what comes, up to the end of the connection. */
    public void awaitEnd() throws IOException {
        try {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            // An end all the same.
        }
    }

    public List<BackendMessage> query(String sql) throws IOException {
        send(new Query(sql));
        return receiveUntil(ReadyForQuery.class);
    }

    /** The first row of the answer as text, columns joined by '|'; an error is thrown. */
    public String row(String sql) throws IOException {
        return firstRow(query(sql));
    }

    public static String firstRow(List<BackendMessage> answer) throws IOException {
        for (BackendMessage message : answer) {
            if (message instanceof DataRow row) {
                return text(row);
            }
            if (message instanceof ErrorResponse error) {
                throw new IOException(
                        error.fields().sqlState() + " " + error.fields().message());
            }
        }
        throw new IOException("no row in " + answer);
    }

    /** All rows among these messages, as text. */
    static List<String> rows(List<BackendMessage> messages) {
        return messages.stream()
                .filter(DataRow.class::isInstance)
                .map(message -> text((DataRow) message))
                .toList();
    }

    private static String text(DataRow row) {
        List<String> columns = new ArrayList<>();
        row.columns()
                .forEach(column -> columns.add(column == null ? "null" : new String(column, StandardCharsets.UTF_8)));
        return String.join("|", columns);
    }

    /** The SQLSTATEs of the errors among these messages. */
    public static List<String> errors(List<BackendMessage> messages) {
        return messages.stream()
                .filter(ErrorResponse.class::isInstance)
                .map(message -> ((ErrorResponse) message).fields().sqlState())
                .toList();
    }

    /** What the login said a CancelRequest must present. */
    public BackendKeyData key() {
        BackendKeyData known = key;
        if (known == null) {
            throw new IllegalStateException("no BackendKeyData has come");
        }
        return known;
    }

    /** Adds a line of the caller's own to the trace. */
    public void note(String line) {
        trace.add(line);
    }

    /** What was sent and received, a line for each message. */
    public List<String> trace() {
        return List.copyOf(trace);
    }

    public void readTimeoutMillis(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    /** Says that nothing more will be sent, and goes on reading. */
    public void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection with a reset, as a process that is killed with unread data does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Ends the connection without a Terminate, as a process that exits does. */
    public void hangUp() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
