package io.pgorchestra.lab.up;

import io.pgorchestra.lab.LabException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@code orchestra up} of this user is reached by {@code orchestra lab}: a Unix socket in a folder of the user's own under the
 * temporary one, named after the port for clients, so that several can run.
 *
 * <p>A request is one line, its words separated by tabs. The answer is lines, the first character of each says what it is.
 */
record ControlSocket(Path path) {

    static final char TEXT = '.';
    static final char DONE = '+';
    static final char FAILED = '!';
    static final String SEPARATOR = "\t";

    private static final String PREFIX = "up-";
    private static final String SUFFIX = ".sock";

    static ControlSocket of(int clientPort) {
        return new ControlSocket(folder().resolve(PREFIX + clientPort + SUFFIX));
    }

    private static Path folder() {
        return Path.of(System.getProperty("java.io.tmpdir"), "orchestra-up-" + System.getProperty("user.name"));
    }

    /** Makes the folder, which nobody else may enter, and takes away what an {@code up} that was killed has left. */
    void prepare() throws IOException {
        Path folder = folder();
        if (!Files.exists(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.getOwner(folder).getName().equals(System.getProperty("user.name"))
                || !PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))
                        .equals("rwx------")) {
            throw new IOException(folder + " is not a folder of this user's alone");
        }
        Files.deleteIfExists(path);
    }

    /** A connection to the one {@code up} that runs. */
    static SocketChannel connect(int clientPort) {
        if (clientPort != 0) {
            SocketChannel channel = tryConnect(of(clientPort).path);
            if (channel == null) {
                throw new LabException(
                        "No `orchestra up` of yours runs on this machine with --port " + clientPort + ".");
            }
            return channel;
        }
        List<Path> alive = new ArrayList<>();
        List<SocketChannel> channels = new ArrayList<>();
        for (Path socket : sockets()) {
            SocketChannel channel = tryConnect(socket);
            if (channel != null) {
                alive.add(socket);
                channels.add(channel);
            }
        }
        if (channels.size() == 1) {
            return channels.get(0);
        }
        channels.forEach(ControlSocket::close);
        throw new LabException(
                alive.isEmpty()
                        ? "No `orchestra up` of yours runs on this machine. Start one in another terminal."
                        : "Several `orchestra up` run; choose one with --port " + ports(alive) + ".");
    }

    private static List<Path> sockets() {
        if (!Files.isDirectory(folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LabException("Cannot list " + folder() + ": " + e.getMessage(), e);
        }
    }

    /** Null if nobody listens there. */
    private static @Nullable SocketChannel tryConnect(Path socket) {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (ConnectException e) {
            return null;
        } catch (IOException e) {
            if (!Files.exists(socket)) {
                return null;
            }
            throw new LabException("Cannot reach `orchestra up` at " + socket + ": " + e.getMessage(), e);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new LabException("Cannot close a socket: " + e.getMessage(), e);
        }
    }

    private static String ports(List<Path> sockets) {
        return String.join(
                " or ",
                sockets.stream()
                        .map(socket -> socket.getFileName().toString())
                        .map(name -> name.substring(PREFIX.length(), name.length() - SUFFIX.length()))
                        .toList());
    }
}
