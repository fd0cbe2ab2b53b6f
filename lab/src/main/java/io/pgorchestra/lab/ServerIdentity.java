package io.pgorchestra.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As whom a server runs. Postgres refuses to run as root, so root puts it into a user namespace, where it is nobody inside and
 * owns root's files nevertheless; where the kernel or a container forbids that, it runs as another user.
 *
 * @param prefix words that go before a command
 * @param owner the user who must own a server's files; null for the user of this process
 */
public record ServerIdentity(List<String> prefix, @Nullable String owner) {

    private static final List<String> OTHER_USERS = List.of("postgres", "nobody");

    public ServerIdentity {
        prefix = List.copyOf(prefix);
    }

    /** The first way that works here. */
    public static ServerIdentity find() {
        if (!isRoot()) {
            return new ServerIdentity(List.of(), null);
        }
        List<String> failures = new ArrayList<>();
        for (ServerIdentity candidate : candidates(failures)) {
            String failure = candidate.failure();
            if (failure.isEmpty()) {
                return candidate;
            }
            failures.add("`" + String.join(" ", candidate.prefix) + "`: " + failure);
        }
        throw new LabException("Postgres refuses to run as root, and no way was found to run it as somebody else: "
                + String.join("; ", failures) + ". Start this as an ordinary user.");
    }

    private static List<ServerIdentity> candidates(List<String> failures) {
        List<ServerIdentity> candidates = new ArrayList<>();
        candidates.add(new ServerIdentity(List.of("unshare", "-U"), null));
        try {
            List<String> accounts = Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.UTF_8);
            for (String user : OTHER_USERS) {
                accounts.stream()
                        .filter(account -> account.startsWith(user + ":"))
                        .map(account -> account.split(":", -1))
                        .filter(fields -> fields.length >= 4)
                        .map(fields -> otherUser(user, fields[2], fields[3]))
                        .forEach(candidates::add);
            }
        } catch (IOException e) {
            failures.add("reading /etc/passwd: " + e.getMessage());
        }
        return candidates;
    }

    private static ServerIdentity otherUser(String name, String uid, String gid) {
        return new ServerIdentity(List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"), name);
    }

    private static boolean isRoot() {
        return SystemCommand.run(List.of("id", "-u")).output().equals("0");
    }

    private String failure() {
        SystemCommand probe = SystemCommand.run(command(List.of("id", "-u")));
        if (probe.exitCode() != 0) {
            return probe.output();
        }
        return probe.output().equals("0") ? "still root" : "";
    }

    public List<String> command(List<String> words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(words);
        return command;
    }

    /** True when the server can reach only what everybody can. */
    boolean isAnotherUser() {
        return owner != null;
    }

    /** Gives a server's folder and all in it to the server's user; that user must also get through the folders above. */
    public void takeOver(Path directory) throws IOException {
        if (owner == null) {
            return;
        }
        UserPrincipal principal =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.setOwner(folder, principal);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isSymbolicLink()) {
                    Files.setOwner(file, principal);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        SystemCommand probe = SystemCommand.run(command(List.of("test", "-x", directory.toString())));
        if (probe.exitCode() != 0) {
            throw new LabException("User " + owner + ", as whom Postgres must run here, cannot reach " + directory
                    + ". Choose a folder under one that everybody may enter (--dir).");
        }
    }

    /** Lets the server's user pass through a folder made by this process. */
    void openForPassage(Path directory) throws IOException {
        if (owner != null) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }
}
