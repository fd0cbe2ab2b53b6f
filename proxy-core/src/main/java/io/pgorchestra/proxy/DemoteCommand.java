package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.Demotion;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code demote_command}: a program of the operator's that stops a primary in order and starts it as a standby. It gets seven arguments:
 * name, host and port of the primary, and of the next one, and a file. It succeeds by exit code 0.
 *
 * <p>As soon as the primary has stopped, it may write a line into that file: what pg_controldata calls "Latest checkpoint location", as
 * in 0/3000028. Then the next one is promoted while the program still starts the old one; else when that shows itself as a standby.
 */
final class DemoteCommand implements Demotion {

    private static final Logger LOG = LoggerFactory.getLogger(DemoteCommand.class);

    /** A checkpoint and the last write-ahead log may take a while; longer, and the switchover is better called off. */
    private static final long LIMIT_SECONDS = 60;

    private static final long POLL_MILLIS = 10;

    private static final Pattern POSITION = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    private final String command;

    /** @param command empty: there is none, and every demotion fails */
    DemoteCommand(String command) {
        this.command = command;
    }

    @Override
    public CompletionStage<Long> demote(Node primary, Node next) {
        if (command.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new IOException("demote_command is not set (expected: a program that stops " + primary + ")"));
        }
        CompletableFuture<Long> done = new CompletableFuture<>();
        Thread runner = new Thread(() -> run(primary, next, done), "orchestra-demote");
        runner.setDaemon(true);
        runner.start();
        return done;
    }

    private void run(Node primary, Node next, CompletableFuture<Long> done) {
        try {
            Path position = Files.createTempFile("orchestra-demote-", "");
            try {
                await(start(primary, next, position), position, done);
            } finally {
                Files.deleteIfExists(position);
            }
        } catch (IOException failed) {
            LOG.error("demotion failed node={} reason=\"{}\"", primary, failed.getMessage());
            done.completeExceptionally(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            done.completeExceptionally(interrupted);
        }
    }

    private Process start(Node primary, Node next, Path position) throws IOException {
        List<String> words = List.of(
                command,
                primary.name(),
                primary.host(),
                Integer.toString(primary.port()),
                next.name(),
                next.host(),
                Integer.toString(next.port()),
                position.toString());
        return new ProcessBuilder(words)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /** Completes with the position as soon as there is one, and goes on waiting for the end, so that a failure is told. */
    private void await(Process process, Path position, CompletableFuture<Long> done)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            tell(position, done);
            if (System.nanoTime() - deadlineNanos > 0) {
                process.destroyForcibly();
                throw new IOException(command + " did not end within " + LIMIT_SECONDS + " s");
            }
        }
        if (process.exitValue() != 0) {
            throw new IOException(command + " ended with " + process.exitValue() + " (expected: 0)");
        }
        tell(position, done);
        done.complete(UNKNOWN_POSITION);
    }

    private static void tell(Path file, CompletableFuture<Long> done) throws IOException {
        if (!done.isDone()) {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            long position = text.endsWith("\n") ? parse(text.strip()) : UNKNOWN_POSITION;
            if (position != UNKNOWN_POSITION) {
                done.complete(position);
            }
        }
    }

    /** What is no position is not one of a primary that has stopped in order either. */
    static long parse(String text) {
        Matcher position = POSITION.matcher(text);
        return position.matches()
                ? Long.parseLong(position.group(1), 16) << 32 | Long.parseLong(position.group(2), 16)
                : UNKNOWN_POSITION;
    }
}
