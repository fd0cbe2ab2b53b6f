package io.pgorchestra.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A process and all that it has started, as they are at the time of each call. */
public record ProcessTree(ProcessHandle root) {

    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(10);

    /** Kills all of them at once, and returns when they are gone. */
    public void kill() {
        List<ProcessHandle> tree = new ArrayList<>();
        tree.add(root);
        root.descendants().forEach(tree::add);
        tree.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle member : tree) {
            awaitDeath(member);
        }
    }

    /** Stops all of them where they stand; the parent first, so that it starts no more. */
    public void freeze() {
        signalAll("STOP", List.of(root));
        signalAll("STOP", root.descendants().toList());
    }

    /** Lets a frozen tree go on. */
    public void thaw() {
        List<ProcessHandle> tree = new ArrayList<>(root.descendants().toList());
        tree.add(root);
        signalAll("CONT", tree);
    }

    private static void signalAll(String signal, List<ProcessHandle> processes) {
        if (processes.isEmpty()) {
            return;
        }
        StringBuilder command = new StringBuilder("kill -s ").append(signal);
        processes.forEach(one -> command.append(' ').append(one.pid()));
        // The shell's own kill, for not every machine has another. Its exit code says only that one of them has gone.
        SystemCommand.run(List.of("sh", "-c", command.toString()));
    }

    private static void awaitDeath(ProcessHandle member) {
        Poll.until(
                DEATH_TIMEOUT, () -> isDead(member), () -> "Process " + member.pid() + " does not die, though killed.");
    }

    /** An orphan that nobody has reaped yet, as in a container without an init process, is dead too. */
    private static boolean isDead(ProcessHandle member) {
        if (!member.isAlive()) {
            return true;
        }
        try {
            String status = Files.readString(Path.of("/proc/" + member.pid() + "/stat"), StandardCharsets.ISO_8859_1);
            return status.startsWith(") Z", status.lastIndexOf(')'));
        } catch (IOException e) {
            // No such file: it went just now, or this is no Linux.
            return !member.isAlive();
        }
    }
}
