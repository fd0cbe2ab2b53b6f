package io.pgorchestra.lab.up;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.rehearsal.RehearseCommand;
import io.pgorchestra.proxy.cli.OrchestraCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code orchestra lab}: breaks and mends what {@code orchestra up} runs, from another terminal. */
@Command(
        name = "lab",
        description = {
            "Break and mend the cluster of an `orchestra up` that runs on this machine.",
            "NODE is pg1, pg2 ... or `primary`. OTHER is a node, `proxy`, `zookeeper`, `standbys` (all other nodes) or `all`."
        },
        synopsisSubcommandLabel = "WHAT",
        subcommands = RehearseCommand.class,
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class LabCommand implements OrchestraCommand {

    private static final String NODE = "NODE";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            scope = ScopeType.INHERIT,
            description = "The port for clients of the `up` that is meant; needed only where several run.")
    private int port;

    @Option(
            names = "--watch",
            scope = ScopeType.INHERIT,
            description =
                    "Write and read through the proxy meanwhile, until all is calm, and show what those clients saw.")
    private boolean watch;

    @Option(
            names = "--picture",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            defaultValue = "orchestra-lab.svg",
            showDefaultValue = Visibility.ALWAYS,
            description = "Where --watch draws a picture of it.")
    private Path picture = Path.of("orchestra-lab.svg");

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }

    @Command(
            description = "Show every node, ZooKeeper, and the links that are not whole.",
            mixinStandardHelpOptions = true)
    int status() {
        return ask("status");
    }

    @Command(description = "Kill all processes of a node at once, as a crash would.", mixinStandardHelpOptions = true)
    int kill(@Parameters(paramLabel = NODE) String node) {
        return ask("kill", node);
    }

    @Command(description = "Stop a node as an administrator would; or `zookeeper`.", mixinStandardHelpOptions = true)
    int stop(@Parameters(paramLabel = NODE) String node) {
        return ask("stop", node);
    }

    @Command(
            description =
                    "Start a node as a standby of the present primary, cloned anew if it has written what that never saw; or `zookeeper`.",
            mixinStandardHelpOptions = true)
    int start(
            @Parameters(paramLabel = NODE) String node,
            @Option(
                            names = "--as-it-was",
                            description = "Start it as what it was: an old primary comes back as a second one.")
                    boolean asItWas) {
        return ask("start", node, asItWas ? "as-it-was" : "");
    }

    @Command(
            name = "clone",
            description = "Make a node, whatever it has, a fresh copy of the primary.",
            mixinStandardHelpOptions = true)
    int cloneAnew(@Parameters(paramLabel = NODE) String node) {
        return ask("clone", node);
    }

    @Command(description = "Stop all processes of a node where they stand.", mixinStandardHelpOptions = true)
    int freeze(@Parameters(paramLabel = NODE) String node) {
        return ask("freeze", node);
    }

    @Command(description = "Let a frozen node go on.", mixinStandardHelpOptions = true)
    int thaw(@Parameters(paramLabel = NODE) String node) {
        return ask("thaw", node);
    }

    @Command(
            description = "Have all bytes between two parties vanish, with nobody told. (NODE may be `proxy` as well.)",
            mixinStandardHelpOptions = true)
    int cut(
            @Parameters(paramLabel = NODE) String node,
            @Option(names = "--from", paramLabel = "OTHER", required = true) String other,
            @Option(names = "--one-way", description = "Only the bytes from NODE to OTHER.") boolean oneWay) {
        return ask("cut", node, other, oneWay ? "one-way" : "");
    }

    @Command(description = "Delay the bytes between two parties.", mixinStandardHelpOptions = true)
    int slow(
            @Parameters(paramLabel = NODE) String node,
            @Option(names = "--from", paramLabel = "OTHER", required = true) String other,
            @Option(names = "--delay", paramLabel = "MILLIS", description = "One way.") int delayMillis,
            @Option(
                            names = "--rate",
                            paramLabel = "BYTES",
                            defaultValue = "9223372036854775807",
                            showDefaultValue = Visibility.NEVER,
                            description = "A second, for each connection.")
                    long bytesPerSecond) {
        return ask("slow", node, other, Integer.toString(delayMillis), Long.toString(bytesPerSecond));
    }

    @Command(description = "End the connections between two parties with a reset.", mixinStandardHelpOptions = true)
    int reset(
            @Parameters(paramLabel = NODE) String node,
            @Option(names = "--from", paramLabel = "OTHER", required = true) String other) {
        return ask("reset", node, other);
    }

    @Command(
            description = "Make links whole again: all, or those between two parties.",
            mixinStandardHelpOptions = true)
    int heal(
            @Parameters(paramLabel = NODE, arity = "0..1") @Nullable String node,
            @Option(names = "--from", paramLabel = "OTHER") @Nullable String other) {
        return node == null ? ask("heal") : ask("heal", node, other == null ? "all" : other);
    }

    @Command(description = "Hand the primary's part over to a standby.", mixinStandardHelpOptions = true)
    int switchover(
            @Option(names = "--to", paramLabel = NODE, description = "The one that has the most, if not given.")
                    @Nullable
                    String node) {
        return ask("switchover", node == null ? "" : node);
    }

    private int ask(String... words) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Consumer<String> print = line -> {
            out.println(line);
            out.flush();
        };
        try {
            if (watch) {
                watch(print, words);
            } else {
                request(print, words);
            }
            return 0;
        } catch (LabException e) {
            err.println("orchestra lab: " + e.getMessage());
        } catch (IOException e) {
            err.println("orchestra lab: `orchestra up` went away: " + e.getMessage());
        }
        err.flush();
        return 1;
    }

    /** Has it done while clients run, and shows what they saw. */
    private void watch(Consumer<String> out, String... words) throws IOException {
        Map<String, Integer> places = new LinkedHashMap<>();
        request(
                line -> {
                    int space = line.indexOf(' ');
                    places.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
                },
                LabActions.PLACES);
        Map<Integer, String> nodes = new HashMap<>();
        places.forEach((name, itsPort) -> nodes.put(itsPort, name));
        String what = Stream.of(words).filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
        try (LabWatch watching = LabWatch.start(Objects.requireNonNull(places.get(UpLab.PROXY)), nodes)) {
            watching.fault(what);
            request(out, words);
            watching.awaitCalm();
            watching.end("orchestra lab " + what, picture).forEach(out);
            out.accept("  picture      " + picture.toAbsolutePath());
        }
    }

    private void request(Consumer<String> out, String... words) throws IOException {
        try (SocketChannel channel = ControlSocket.connect(port)) {
            PrintWriter writer = new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
            writer.print(String.join(ControlSocket.SEPARATOR, words) + "\n");
            writer.flush();
            print(new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)), out);
        }
    }

    private static void print(BufferedReader answer, Consumer<String> out) throws IOException {
        for (String line = answer.readLine(); line != null; line = answer.readLine()) {
            String text = line.substring(1);
            switch (line.charAt(0)) {
                case ControlSocket.DONE -> {
                    return;
                }
                case ControlSocket.FAILED -> throw new LabException(text);
                default -> out.accept(text);
            }
        }
        throw new IOException("no end of the answer");
    }
}
