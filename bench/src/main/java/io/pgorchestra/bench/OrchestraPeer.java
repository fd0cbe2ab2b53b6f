package io.pgorchestra.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Orchestra, as a process of its own.
 *
 * @param command what runs the proxy when the name of its configuration file is added
 */
record OrchestraPeer(String name, List<String> command) implements Peer {

    OrchestraPeer {
        command = List.copyOf(command);
    }

    /** This very build: the Java, the options and the class path with which the launcher has started this process. */
    static List<String> thisBuild(List<String> moreOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // The launcher keeps a class archive for each command.
            command.add(argument.replace("-bench.jsa", "-proxy.jsa"));
        }
        command.addAll(moreOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.pgorchestra.proxy.Main", "proxy"));
        return command;
    }

    @Override
    public String version(Children children) {
        List<String> words = new ArrayList<>(command);
        if (words.get(words.size() - 1).equals("proxy")) {
            words.set(words.size() - 1, "--version");
            return name + " " + children.run(words, Map.of()).strip().replaceFirst("^orchestra ", "");
        }
        return name;
    }

    @Override
    public List<String> prepare(Path directory, int port, Endpoint postgres) throws IOException {
        Path users = Files.writeString(directory.resolve("userlist.txt"), "\"" + postgres.user() + "\" \"\"\n");
        Path settings = directory.resolve("orchestra.yaml");
        Files.writeString(settings, """
                listen: 127.0.0.1:%d
                admin_listen: 127.0.0.1:%d
                http_listen: 127.0.0.1:%d
                pool_mode: transaction
                default_pool_size: %d
                max_client_conn: %d
                max_prepared_statements: 200
                auth_type: trust
                auth_file: %s
                log_connections: 0
                log_disconnections: 0
                cluster:
                  name: bench
                  nodes: [%s:%d]
                databases:
                  "*": {}
                """.formatted(
                        port,
                        FreePort.find(),
                        FreePort.find(),
                        POOL_SIZE,
                        MAX_CLIENTS,
                        users,
                        postgres.host(),
                        postgres.port()));
        List<String> words = new ArrayList<>(command);
        words.add(settings.toString());
        return words;
    }
}
