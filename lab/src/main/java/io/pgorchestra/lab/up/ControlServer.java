package io.pgorchestra.lab.up;

import io.pgorchestra.lab.LabException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** The side of {@code orchestra up} that takes requests from {@code orchestra lab}. */
final class ControlServer implements AutoCloseable {

    private final ControlSocket socket;
    private final ServerSocketChannel listener;
    private final LabActions actions;

    private ControlServer(ControlSocket socket, ServerSocketChannel listener, LabActions actions) {
        this.socket = socket;
        this.listener = listener;
        this.actions = actions;
    }

    static ControlServer start(ControlSocket socket, LabActions actions) {
        try {
            socket.prepare();
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket.path()));
            ControlServer server = new ControlServer(socket, listener, actions);
            Thread thread = new Thread(server::serve, "up-control");
            thread.setDaemon(true);
            thread.start();
            return server;
        } catch (IOException e) {
            throw new LabException("Cannot listen at " + socket.path() + " for `orchestra lab`: " + e.getMessage(), e);
        }
    }

    private void serve() {
        while (true) {
            try (SocketChannel channel = listener.accept()) {
                answer(channel);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                System.err.println("orchestra up: takes no more requests of `orchestra lab`: " + e.getMessage());
                return;
            }
        }
    }

    private void answer(SocketChannel channel) {
        BufferedReader reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        PrintWriter writer = new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
        try {
            String request = reader.readLine();
            if (request == null) {
                return;
            }
            actions.run(
                    List.of(request.split(ControlSocket.SEPARATOR, -1)), line -> say(writer, ControlSocket.TEXT, line));
            say(writer, ControlSocket.DONE, "");
        } catch (LabException e) {
            say(writer, ControlSocket.FAILED, String.valueOf(e.getMessage()));
        } catch (RuntimeException | IOException e) {
            say(writer, ControlSocket.FAILED, e.toString());
        }
    }

    private static void say(PrintWriter writer, char kind, String text) {
        text.lines().forEach(line -> writer.print(kind + line + "\n"));
        if (text.isEmpty()) {
            writer.print(kind + "\n");
        }
        writer.flush();
    }

    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(socket.path());
        } catch (IOException e) {
            throw new LabException("Cannot remove " + socket.path() + ": " + e.getMessage(), e);
        }
    }
}
