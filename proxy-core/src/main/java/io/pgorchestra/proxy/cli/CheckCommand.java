package io.pgorchestra.proxy.cli;

import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigNote;
import io.pgorchestra.proxy.config.ConfigPrinter;
import io.pgorchestra.proxy.config.ConfigProblem;
import io.pgorchestra.proxy.config.ConfigProblems;
import io.pgorchestra.proxy.config.DatabaseConfig;
import io.pgorchestra.proxy.config.HostPort;
import io.pgorchestra.proxy.config.ProxyConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orchestra check}: everything that is wrong with a configuration, and whether the nodes it names can be reached. */
@Command(
        name = "check",
        description = "Read a configuration, say all that is wrong with it, and try to reach its nodes.",
        footer = "Exit code: 0 all is well, 1 a problem or an unreachable node, 2 wrong usage.",
        mixinStandardHelpOptions = true)
public final class CheckCommand implements OrchestraCommand {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int MAX_TIMEOUT_SECONDS = 3600;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "an orchestra.yaml or a pgbouncer.ini")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path file;

    @Option(
            names = "--print",
            description = "Print the effective settings as YAML, secrets left out, and do nothing else.")
    private boolean print;

    @Option(names = "--no-connect", description = "Do not try to reach the nodes.")
    private boolean offline;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long to wait for each node (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Override
    public Integer call() {
        if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--timeout: " + timeoutSeconds + " (expected: 1 to " + MAX_TIMEOUT_SECONDS + ")");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            ProxyConfig config = ConfigLoader.load(file);
            return print ? print(config, out) : report(config, out, err);
        } catch (ConfigProblems e) {
            for (ConfigProblem problem : e.problems()) {
                err.println(problem);
            }
            int count = e.problems().size();
            err.println(count + (count == 1 ? " problem" : " problems"));
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static int print(ProxyConfig config, PrintWriter out) {
        out.print(ConfigPrinter.print(config));
        return OK;
    }

    private int report(ProxyConfig config, PrintWriter out, PrintWriter err) {
        for (ConfigNote note : config.notes()) {
            out.println(note);
        }
        out.println(file + ": correct; listens on " + config.listen() + ", databases "
                + config.databases().keySet() + ", " + config.userList().size() + " users in auth_file");
        if (offline) {
            return OK;
        }
        boolean allReached = true;
        for (HostPort node : nodes(config)) {
            allReached &= reach(node, out, err);
        }
        out.println("Nodes were only connected to by TCP; no login was tried.");
        return allReached ? OK : FAILED;
    }

    private static Set<HostPort> nodes(ProxyConfig config) {
        Set<HostPort> nodes = new LinkedHashSet<>();
        config.cluster().nodes().forEach(node -> nodes.add(new HostPort(node.host(), node.port())));
        if (config.cluster().isWatched()) {
            return nodes;
        }
        for (DatabaseConfig database : config.databases().values()) {
            nodes.add(new HostPort(database.host(), database.port()));
        }
        return nodes;
    }

    private boolean reach(HostPort node, PrintWriter out, PrintWriter err) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(node.host(), node.port()), timeoutSeconds * 1_000);
            out.println("node " + node + ": reached");
            return true;
        } catch (UnknownHostException e) {
            err.println("node " + node + ": no such host; correct the name");
        } catch (SocketTimeoutException e) {
            err.println("node " + node + ": no answer within " + timeoutSeconds + " s; is a firewall in between?");
        } catch (IOException e) {
            err.println("node " + node + ": " + e.getMessage() + "; is Postgres running there?");
        }
        return false;
    }
}
