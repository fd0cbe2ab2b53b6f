package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the commands of one session against the proxy. Knows what a command means, and nothing of the wire. */
final class CommandRunner {
    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    private static final String HELP = """

            \tSHOW HELP|CONFIG|DATABASES|POOLS|CLIENTS|SERVERS|USERS|VERSION
            \tSHOW PEERS|PEER_POOLS
            \tSHOW SOCKETS|ACTIVE_SOCKETS|LISTS|MEM|STATE
            \tSHOW DNS_HOSTS|DNS_ZONES
            \tSHOW CLUSTER|NODES|EPOCHS
            \tSHOW STATS|STATS_TOTALS|STATS_AVERAGES|TOTALS
            \tSET key = arg
            \tRELOAD
            \tPAUSE [<db>]
            \tRESUME [<db>]
            \tDISABLE <db>
            \tENABLE <db>
            \tRECONNECT [<db>]
            \tKILL [<db>]
            \tKILL_CLIENT <client_id>
            \tSUSPEND
            \tSWITCHOVER [TO <node>]
            \tSHUTDOWN
            \tSHUTDOWN WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS
            \tWAIT_CLOSE [<db>]""";

    private final AdminLogin login;
    private final SessionParameters parameters;
    private final AdminTarget target;
    private final ShowTables tables;

    CommandRunner(AdminLogin login, SessionParameters parameters, AdminTarget target, ShowTables tables) {
        this.login = login;
        this.parameters = parameters;
        this.target = target;
        this.tables = tables;
    }

    /** Runs a command that concerns the proxy or the session's parameters; the session keeps its own state. */
    CompletionStage<Outcome> run(AdminCommand command) {
        if (command.needsAdmin()) {
            checkAdmin(command);
            logIssued(command);
        }
        if (command instanceof AdminCommand.Show show) {
            return show(show);
        }
        if (command instanceof AdminCommand.ShowParameter show) {
            return rows(show, ResultTable.row(parameters.value(show.name())));
        }
        if (command instanceof AdminCommand.Probe probe) {
            return rows(probe, probe(probe.items()));
        }
        if (command instanceof AdminCommand.SetParameter set) {
            return setParameter(set);
        }
        return change(command).thenApply(result -> Outcome.of(command.tag(), result));
    }

    private CompletionStage<CommandResult> change(AdminCommand command) {
        if (command instanceof AdminCommand.SetSetting set) {
            return setSetting(set);
        }
        if (command instanceof AdminCommand.OnDatabases onDatabases) {
            return onDatabases(onDatabases);
        }
        if (command instanceof AdminCommand.KillClient kill) {
            return target.killClient(kill.clientId());
        }
        if (command instanceof AdminCommand.Suspend) {
            return target.suspend();
        }
        if (command instanceof AdminCommand.Reload) {
            return target.reload();
        }
        if (command instanceof AdminCommand.Switchover switchover) {
            return target.switchover(switchover.to());
        }
        if (command instanceof AdminCommand.Shutdown shutdown) {
            return target.shutdown(shutdown.mode());
        }
        return CompletableFuture.completedFuture(CommandResult.DONE);
    }

    private void checkAdmin(AdminCommand command) {
        if (login.role() != AdminRole.ADMIN) {
            throw new AdminException(
                    SqlState.INSUFFICIENT_PRIVILEGE,
                    "admin access needed: user " + login.user() + " may not run " + name(command),
                    "It is one of stats_users; only admin_users may run it.");
        }
    }

    private void logIssued(AdminCommand command) {
        // Not the value of a SET: nobody promises that it holds no secret.
        log.info("console command issued command={} user={}", name(command), login.user());
    }

    private static String name(AdminCommand command) {
        if (command instanceof AdminCommand.SetSetting set) {
            return "SET " + set.key();
        }
        if (command instanceof AdminCommand.OnDatabases onDatabases
                && !onDatabases.scope().isAll()) {
            return onDatabases.verb() + " " + onDatabases.scope().database();
        }
        return command instanceof AdminCommand.Show show ? "SHOW " + show.topic() : command.tag();
    }

    private CompletionStage<Outcome> show(AdminCommand.Show show) {
        if (show.topic() == ShowTopic.HELP) {
            return CompletableFuture.completedFuture(new Outcome(
                    show.tag(), null, List.of(Outcome.notice("Console usage").withDetail(HELP))));
        }
        if (show.topic() == ShowTopic.FDS) {
            throw new AdminException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "SHOW FDS is not supported: it would show passwords and keys",
                    "SHOW SOCKETS lists the connections.");
        }
        return tables.show(show.topic()).thenApply(table -> Outcome.rows(show.tag(), table));
    }

    private static CompletionStage<Outcome> rows(AdminCommand command, List<@Nullable Object> row) {
        return CompletableFuture.completedFuture(
                Outcome.rows(command.tag(), new ResultTable(command.columns(), List.of(row))));
    }

    private List<@Nullable Object> probe(List<ProbeItem> items) {
        List<@Nullable Object> cells = new ArrayList<>();
        for (ProbeItem item : items) {
            cells.add(value(item));
        }
        return cells;
    }

    private @Nullable Object value(ProbeItem item) {
        return switch (item.source()) {
            case CONSTANT -> item.column().type() == ColumnType.TEXT ? item.text() : Long.valueOf(item.text());
            case NULL -> null;
            case VERSION -> target.version();
            case DATABASE -> login.database();
            case USER -> login.user();
            case BACKEND_PID -> (long) login.processId();
            case PARAMETER -> parameters.value(item.text());
        };
    }

    private CompletionStage<Outcome> setParameter(AdminCommand.SetParameter set) {
        boolean done = parameters.set(set.name(), set.value());
        return CompletableFuture.completedFuture(
                done ? Outcome.done(set.tag()) : new Outcome(set.tag(), null, List.of(Outcome.notice("SET ignored"))));
    }

    /** Looks first, so that a wrong name is answered with the right one. */
    private CompletionStage<CommandResult> setSetting(AdminCommand.SetSetting set) {
        return target.settings().thenCompose(settings -> {
            for (SettingRow setting : settings) {
                if (setting.key().equalsIgnoreCase(set.key())) {
                    if (!setting.changeable()) {
                        throw new AdminException(
                                SqlState.CANT_CHANGE_RUNTIME_PARAM,
                                "setting " + setting.key() + " cannot be changed while the proxy runs",
                                "Change it in the configuration file and restart.");
                    }
                    return target.set(setting.key(), set.value());
                }
            }
            List<String> keys = settings.stream().map(SettingRow::key).toList();
            String hint = Spelling.hint(set.key(), keys);
            throw new AdminException(
                    SqlState.UNDEFINED_OBJECT,
                    "unknown setting: " + Spelling.shortened(set.key()),
                    hint.isEmpty() ? "SHOW CONFIG lists them." : hint);
        });
    }

    private CompletionStage<CommandResult> onDatabases(AdminCommand.OnDatabases command) {
        DatabaseScope scope = command.scope();
        if (AdminConsole.DATABASES.contains(scope.database())) {
            throw new AdminException(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "cannot " + command.verb().name().toLowerCase(Locale.ROOT) + " admin db: " + scope.database());
        }
        if (scope.isAll() || target.mayHave(scope.database())) {
            return onKnown(command.verb(), scope);
        }
        // One that the configuration has lost may have clients yet.
        return target.databases().thenCompose(rows -> {
            if (rows.stream().noneMatch(row -> row.name().equals(scope.database()))) {
                throw AdminException.noSuchDatabase(Spelling.shortened(scope.database()));
            }
            return onKnown(command.verb(), scope);
        });
    }

    private CompletionStage<CommandResult> onKnown(AdminCommand.DatabaseVerb verb, DatabaseScope scope) {
        return switch (verb) {
            case PAUSE -> target.pause(scope);
            case RESUME -> target.resume(scope);
            case DISABLE -> target.disable(scope.database());
            case ENABLE -> target.enable(scope.database());
            case RECONNECT -> target.reconnect(scope);
            case KILL -> target.kill(scope);
            case WAIT_CLOSE -> target.waitClose(scope);
        };
    }
}
