package io.pgorchestra.proxy.cli;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.discovery.zookeeper.Publication;
import io.pgorchestra.discovery.zookeeper.PublishException;
import io.pgorchestra.discovery.zookeeper.Publisher;
import io.pgorchestra.discovery.zookeeper.ZookeeperSettings;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code orchestra publish}: a failover tool's hook; this node is primary now. */
@Command(
        name = "publish",
        description = {
            "Tell all Orchestra processes of a cluster that a node is primary now; a hook for repmgr and other tools.",
            "Looks at the node itself first, and goes on trying while ZooKeeper or the node do not answer."
        },
        footer = "Exit code: 0 published, or published already; 1 refused, or not in time; 2 wrong usage.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
public final class PublishCommand implements OrchestraCommand {

    private static final int OK = 0;
    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--zookeeper",
            paramLabel = "HOST:PORT,...",
            required = true,
            description = "The ZooKeeper servers; a chroot may follow.")
    @SuppressWarnings("NullAway.Init") // Required.
    private String zookeeper;

    @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster's name.")
    private String cluster = "main";

    @Option(names = "--path", paramLabel = "ZNODE", description = "Its znode (default: /orchestra/NAME).")
    private @Nullable String path;

    @Option(names = "--node", paramLabel = "NAME", required = true, description = "The node's name.")
    @SuppressWarnings("NullAway.Init") // Required.
    private String node;

    @Option(names = "--host", paramLabel = "HOST", required = true, description = "Where proxies reach it.")
    @SuppressWarnings("NullAway.Init") // Required.
    private String host;

    @Option(names = "--port", paramLabel = "PORT", description = "Its port.")
    private int port = 5432;

    @Option(names = "--user", paramLabel = "ROLE", description = "The role that looks at the node.")
    private String user = "postgres";

    @Option(names = "--dbname", paramLabel = "NAME", description = "The database it connects to.")
    private String database = "postgres";

    @Option(
            names = "--password-env",
            paramLabel = "VARIABLE",
            description = "The environment variable that holds the role's password.")
    private String passwordVariable = "PGPASSWORD";

    @Option(
            names = "--force",
            description = "Publish it though another node has been primary on the same timeline.",
            showDefaultValue = Visibility.NEVER)
    private boolean force;

    @Option(names = "--patience", paramLabel = "SECONDS", description = "How long to go on trying.")
    private long patienceSeconds = Publication.DEFAULT_PATIENCE.toSeconds();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            Publisher.Outcome outcome = publisher().publish(publication());
            out.println((outcome.changed() ? "published " : "was published already: ")
                    + publication().node()
                    + " epoch " + outcome.record().epoch() + " timeline "
                    + outcome.record().timeline());
            return OK;
        } catch (PublishException refused) {
            err.println("orchestra publish: " + refused.getMessage());
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private Publication publication() {
        try {
            return new Publication(new Node(node, host, port), force, Duration.ofSeconds(patienceSeconds));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Publisher publisher() {
        try {
            int slash = zookeeper.indexOf('/');
            ZookeeperSettings settings = new ZookeeperSettings(
                    slash < 0 ? zookeeper : zookeeper.substring(0, slash),
                    slash < 0 ? "" : zookeeper.substring(slash),
                    path == null ? "/orchestra/" + cluster : path,
                    ZookeeperSettings.DEFAULT_SESSION_TIMEOUT,
                    null,
                    null);
            String password = System.getenv(passwordVariable);
            return new Publisher(settings, SqlSettings.of(user, password == null ? "" : password, database));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }
}
