package io.pgorchestra.lab.transparency;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One conversation with a server, read from a text file of {@code transparency/} among the test resources: what a client says, and up to
 * where it reads before it goes on.
 *
 * <pre>
 *   # A comment.
 *   only SESSION                         the routes it makes sense on; all without this line
 *   differs ERROR_PLACE                  what may differ from the direct conversation, beyond what always may
 *   since 15                             the oldest major that it makes sense on
 *   startup version=3.2 user=postgres    without such a line it logs in as the superuser first
 *   Query "SELECT 1"                     messages by their names, fields in the order of the wire, as in a trace
 *   Bind "" "s1" "text" null results=1   formats= and results= are lists of format codes with commas between
 *   CopyData "x"*100000                  a repeated text; \n \t \\ \" and \x00 are understood
 *   send                                 sends what has gathered, all in one write
 *   read ReadyForQuery 2                 sends, and reads to the second ReadyForQuery
 *   read byte                            sends, and reads the answer to SSLRequest or GSSENCRequest
 *   end                                  sends, and reads to the end of the connection
 * </pre>
 */
record Script(
        String name, Set<Route> routes, Set<Difference> differences, int sinceMajor, boolean logsIn, List<Step> steps) {

    private static final String FOLDER = "/transparency";
    private static final String ENDING = ".script";

    Script {
        routes = Set.copyOf(routes);
        differences = Set.copyOf(differences);
        steps = List.copyOf(steps);
    }

    /** A line of a script, taken apart. */
    record Step(int line, String verb, Words words) {}

    /** All scripts there are, by name. */
    static List<Script> loadAll() throws IOException, URISyntaxException {
        Path folder = Path.of(
                Objects.requireNonNull(Script.class.getResource(FOLDER), FOLDER).toURI());
        List<Script> scripts = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                scripts.add(parse(name.substring(0, name.length() - ENDING.length()), Files.readString(file)));
            }
        }
        return scripts;
    }

    static Script parse(String name, String text) {
        Set<Route> routes = EnumSet.allOf(Route.class);
        Set<Difference> differences = EnumSet.noneOf(Difference.class);
        int sinceMajor = 0;
        boolean logsIn = true;
        List<Step> steps = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Words words = Words.of(name + ".script, line " + (i + 1), line);
            String verb = words.next();
            switch (verb) {
                case "only" -> routes = routes(words);
                case "differs" -> {
                    while (words.hasNext()) {
                        differences.add(Difference.valueOf(words.next()));
                    }
                }
                case "since" -> sinceMajor = words.nextInt();
                default -> {
                    logsIn &= !verb.equals("startup");
                    steps.add(new Step(i + 1, verb, words));
                }
            }
        }
        return new Script(name, routes, differences, sinceMajor, logsIn, steps);
    }

    private static Set<Route> routes(Words words) {
        Set<Route> routes = EnumSet.noneOf(Route.class);
        while (words.hasNext()) {
            routes.add(Route.valueOf(words.next().toUpperCase(Locale.ROOT)));
        }
        return routes;
    }

    @Override
    public String toString() {
        return name;
    }
}
