package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients so many that a JDBC connection and a thread for each would be too much: sockets that say the one same thing. */
final class Crowd implements AutoCloseable {

    private static final int PROTOCOL_3_0 = 196_608;
    private static final int LOGIN_MILLIS = 20_000;
    private static final int BUFFER_BYTES = 256;

    private final List<Socket> sockets = new ArrayList<>();
    private final List<DataInputStream> answers = new ArrayList<>();

    private Crowd() {}

    /** Logs that many clients in to a proxy that trusts them. */
    static Crowd of(int size, int port) throws IOException {
        Crowd crowd = new Crowd();
        try {
            for (int i = 0; i < size; i++) {
                crowd.add(port);
            }
            return crowd;
        } catch (IOException e) {
            crowd.close();
            throw e;
        }
    }

    private void add(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket.setSoTimeout(LOGIN_MILLIS);
        byte[] parameters =
                ("user\0" + EmbeddedPostgres.SUPERUSER + "\0database\0postgres\0\0").getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream()
                .write(ByteBuffer.allocate(8 + parameters.length)
                        .putInt(8 + parameters.length)
                        .putInt(PROTOCOL_3_0)
                        .put(parameters)
                        .array());
        DataInputStream answer = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        answers.add(answer);
        String error = awaitReady(answer);
        if (!error.isEmpty()) {
            throw new LabException("one of a crowd may not log in: " + error.replace('\0', ' '));
        }
    }

    /** All say it, and none waits for the answer. */
    void ask(String sql) throws IOException {
        byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] query = ByteBuffer.allocate(5 + text.length)
                .put((byte) 'Q')
                .putInt(4 + text.length)
                .put(text)
                .array();
        for (Socket socket : sockets) {
            socket.getOutputStream().write(query);
        }
    }

    /** Returns when all were answered; how many of them with an error of this SQLSTATE. Another error is not awaited. */
    int awaitAnswers(Duration patience, String sqlState) throws IOException {
        int errors = 0;
        for (int i = 0; i < sockets.size(); i++) {
            sockets.get(i).setSoTimeout((int) patience.toMillis());
            String error = awaitReady(answers.get(i));
            if (error.contains("\0C" + sqlState + "\0")) {
                errors++;
            } else if (!error.isEmpty()) {
                throw new LabException("one of a crowd was told: " + error.replace('\0', ' '));
            }
        }
        return errors;
    }

    /** The error that came before, empty if none did. */
    private static String awaitReady(DataInputStream answer) throws IOException {
        String error = "";
        while (true) {
            int type = answer.read();
            if (type < 0) {
                throw new EOFException("a connection was closed");
            }
            byte[] body = answer.readNBytes(answer.readInt() - 4);
            if (type == 'E') {
                throw new LabException(
                        "one of a crowd was told: " + new String(body, StandardCharsets.UTF_8).replace('\0', ' '));
            }
            if (type == 'Z') {
                return error;
            }
        }
    }

    @Override
    public void close() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is not to be used again.
            }
        }
    }
}
