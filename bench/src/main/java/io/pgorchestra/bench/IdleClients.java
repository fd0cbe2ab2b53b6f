package io.pgorchestra.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections that have logged in and then say nothing. They speak the startup of protocol 3.0, and only for trust. */
final class IdleClients implements AutoCloseable {

    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final int TIMEOUT_MILLISECONDS = 10_000;
    private static final int HEADER_BYTES = 5;
    private static final int MAX_BODY_BYTES = 65_536;

    private final List<SocketChannel> channels = new ArrayList<>();
    private final Endpoint endpoint;
    private final byte[] startup;

    IdleClients(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.startup = startup(endpoint);
    }

    /** Opens connections until there are {@code count}; each has seen its ReadyForQuery when this returns. */
    void open(int count) throws IOException {
        while (channels.size() < count) {
            SocketChannel channel = SocketChannel.open();
            channels.add(channel);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().setSoTimeout(TIMEOUT_MILLISECONDS);
            channel.socket().connect(new InetSocketAddress(endpoint.host(), endpoint.port()), TIMEOUT_MILLISECONDS);
            channel.socket().getOutputStream().write(startup);
            awaitReady(channel);
        }
    }

    private static byte[] startup(Endpoint endpoint) {
        byte[] parameters = ("user\0" + endpoint.user() + "\0database\0" + endpoint.database() + "\0\0")
                .getBytes(StandardCharsets.UTF_8);
        int length = 2 * Integer.BYTES + parameters.length;
        byte[] message = new byte[length];
        ByteBuffer.wrap(message).putInt(length).putInt(PROTOCOL_3_0).put(parameters);
        return message;
    }

    private static void awaitReady(SocketChannel channel) throws IOException {
        var input = channel.socket().getInputStream();
        while (true) {
            byte[] header = input.readNBytes(HEADER_BYTES);
            if (header.length < HEADER_BYTES) {
                throw new IOException("the connection was closed during startup");
            }
            int bodyBytes = ByteBuffer.wrap(header).getInt(1) - Integer.BYTES;
            if (bodyBytes < 0 || bodyBytes > MAX_BODY_BYTES) {
                throw new IOException("a message of " + bodyBytes + " bytes during startup");
            }
            byte[] body = input.readNBytes(bodyBytes);
            switch (header[0]) {
                case 'Z' -> {
                    return;
                }
                case 'E' ->
                    throw new IOException(new String(body, StandardCharsets.UTF_8)
                            .replace('\0', ' ')
                            .strip());
                case 'R' -> {
                    if (ByteBuffer.wrap(body).getInt() != 0) {
                        throw new IOException("a password is asked for (expected: trust)");
                    }
                }
                default -> {
                    // ParameterStatus, BackendKeyData, notices: nothing that an idle client needs.
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        channels.clear();
    }
}
