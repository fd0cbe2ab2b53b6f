package io.pgorchestra.proxy.cli;

import io.pgorchestra.proxy.Proxy;
import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigProblems;
import io.pgorchestra.proxy.config.ProxyConfig;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orchestra proxy FILE}: the proxy alone, in the foreground. */
@Command(
        name = "proxy",
        description = "Run the proxy alone. FILE is an orchestra.yaml, or a pgbouncer.ini as it is.",
        mixinStandardHelpOptions = true)
public final class ProxyCommand implements OrchestraCommand {

    @Parameters(paramLabel = "FILE", description = "orchestra.yaml or pgbouncer.ini")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Path from = Objects.requireNonNull(file);
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter err = command.commandLine().getErr();
        ProxyConfig config;
        try {
            config = ConfigLoader.load(from);
        } catch (ConfigProblems problems) {
            problems.problems().forEach(err::println);
            return 1;
        }
        config.notes().forEach(note -> err.println("note: " + note));
        Proxy proxy;
        try {
            proxy = Proxy.start(config, from);
        } catch (BindException | IllegalArgumentException refused) {
            err.println(refused.getMessage());
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(proxy), "shutdown"));
        ReloadSignal.handledBy(proxy::reloadUnasked);
        PrintWriter out = command.commandLine().getOut();
        out.println("ready " + proxy.clientAddress());
        out.flush();
        proxy.awaitStop();
        return 0;
    }

    private static void drain(Proxy proxy) {
        try {
            proxy.drainAndStop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
