package io.pgorchestra.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Programs that the user names. */
final class Programs {

    private static final String AUTO = "auto";

    private Programs() {}

    /** The program at a path; for {@code auto} the one on PATH or among the system's, if any; nothing when not asked for. */
    static Optional<String> find(String name, @Nullable String wish) {
        if (wish == null) {
            return Optional.empty();
        }
        if (!wish.equals(AUTO)) {
            if (!Files.isExecutable(Path.of(wish))) {
                throw new BenchException("No program at " + wish + " (expected: the path of " + name + ", or auto).");
            }
            return Optional.of(Path.of(wish).toAbsolutePath().toString());
        }
        // Debian keeps daemons in sbin, which is not on everybody's PATH.
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + File.pathSeparator + "/usr/sbin";
        return List.of(path.split(File.pathSeparator, -1)).stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    static List<String> words(String command) {
        return command.isBlank() ? List.of() : List.of(command.trim().split("\\s+", -1));
    }

    /** The words of a command line with each absolute path cut to its last name, so that a report tells nothing of this machine's folders. */
    static List<String> withoutFolders(List<String> words) {
        return words.stream()
                .map(word -> word.replaceAll("(?<![^\\s=])/(?:[^/\\s]+/)*", ""))
                .toList();
    }
}
