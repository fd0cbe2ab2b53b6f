package io.pgorchestra.lab.patroni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the packages of Debian put what a cluster under Patroni needs. Nothing is taken from anywhere else.
 *
 * @param postgres the folder of Postgres's programs
 * @param missing what is not there, for a person; empty if all is
 */
public record PatroniPrograms(Path patroni, Path zookeeper, Path postgres, String missing) {

    private static final Path PATRONI = Path.of("/usr/bin/patroni");
    private static final Path KAZOO = Path.of("/usr/lib/python3/dist-packages/kazoo");
    private static final Path ZOOKEEPER = Path.of("/usr/share/java/zookeeper.jar");
    private static final Path POSTGRES = Path.of("/usr/lib/postgresql");

    public static PatroniPrograms find() {
        Path postgres = newestPostgres();
        List<String> packages = new ArrayList<>();
        want(packages, "patroni", PATRONI);
        want(packages, "python3-kazoo", KAZOO);
        want(packages, "zookeeper", ZOOKEEPER);
        want(packages, "postgresql", postgres.resolve("pg_rewind"));
        String missing = packages.isEmpty()
                ? ""
                : "not installed: " + String.join(", ", packages) + " (apt-get install --no-install-recommends "
                        + String.join(" ", packages) + ")";
        return new PatroniPrograms(PATRONI, ZOOKEEPER, postgres, missing);
    }

    private static void want(List<String> packages, String name, Path file) {
        if (!Files.exists(file)) {
            packages.add(name);
        }
    }

    private static Path newestPostgres() {
        try (Stream<Path> majors = Files.list(POSTGRES)) {
            return majors.filter(folder -> folder.getFileName().toString().matches("\\d+"))
                    .max((one, other) -> Integer.compare(major(one), major(other)))
                    .orElse(POSTGRES)
                    .resolve("bin");
        } catch (IOException e) {
            return POSTGRES;
        }
    }

    private static int major(Path folder) {
        return Integer.parseInt(folder.getFileName().toString());
    }
}
