package io.pgorchestra.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void correctFile_withReachableNode_isZero() throws IOException {
        try (ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = check(write("auth_type: trust\ncluster: {nodes: [127.0.0.1:" + node.getLocalPort() + "]}\n"));
            assertEquals(0, code, err::toString);
            assertTrue(out.toString().contains("node 127.0.0.1:" + node.getLocalPort() + ": reached"), out::toString);
        }
    }

    @Test
    void unreachableNode_isOne() throws IOException {
        int port;
        try (ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = node.getLocalPort();
        }
        assertEquals(1, check(write("auth_type: trust\ncluster: {nodes: [127.0.0.1:" + port + "]}\n")));
        assertTrue(err.toString().contains("is Postgres running there?"), err::toString);
    }

    @Test
    void wrongFile_saysAllProblemsAndIsOne() throws IOException {
        Path file = write("pool_mode: x\nauth_type: trust\n");
        assertEquals(1, check(file));
        assertEquals(
                file + ":1: pool_mode: x (expected: session, transaction or statement); correct the value\n" + file
                        + ": cluster is missing (expected: cluster: {nodes: [HOST:PORT]}); add it\n2 problems\n",
                err.toString());
    }

    @Test
    void print_showsEffectiveSettings() throws IOException {
        Path file = write("auth_type: trust\ncluster: {nodes: [127.0.0.1:1]}\n");
        assertEquals(0, run("--print", file.toString()));
        assertTrue(out.toString().contains("\nquery_wait_timeout: 120s\n"), out::toString);
    }

    @Test
    void missingArgument_isTwo() {
        assertEquals(2, run());
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("orchestra.yaml"), text);
    }

    private int check(Path file) {
        return run(file.toString());
    }

    private int run(String... arguments) {
        return new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
