package io.pgorchestra.proxy;

import io.pgorchestra.proxy.cli.OrchestraCommand;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Arguments in, exit code out: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "orchestra",
        description = "One address in front of a Postgres cluster.",
        mixinStandardHelpOptions = true,
        version = "orchestra 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = CommandLine.HelpCommand.class)
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        ServiceLoader.load(OrchestraCommand.class).forEach(commandLine::addSubcommand);
        System.exit(commandLine.execute(arguments));
    }
}
