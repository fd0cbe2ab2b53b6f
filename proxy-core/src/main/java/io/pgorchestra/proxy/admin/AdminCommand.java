package io.pgorchestra.proxy.admin;

import java.util.List;

/** One command of the console, read and checked, but not yet run. */
sealed interface AdminCommand {

    /** The CommandComplete tag. */
    String tag();

    /** Whether only {@code admin_users} may run it. */
    boolean needsAdmin();

    /** The columns it answers with; none where it answers with a tag alone. */
    default List<Column> columns() {
        return List.of();
    }

    /** White space, comments, or nothing: drivers ping with it. */
    record Empty() implements AdminCommand {
        @Override
        public String tag() {
            return "";
        }

        @Override
        public boolean needsAdmin() {
            return false;
        }
    }

    record Show(ShowTopic topic) implements AdminCommand {
        @Override
        public String tag() {
            return "SHOW";
        }

        @Override
        public boolean needsAdmin() {
            return topic == ShowTopic.FDS;
        }

        @Override
        public List<Column> columns() {
            return topic.columns();
        }
    }

    /** SWITCHOVER [TO node]; the node's name is empty where any will do. */
    record Switchover(String to) implements AdminCommand {
        @Override
        public String tag() {
            return "SWITCHOVER";
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    /** SHOW of a session parameter, as drivers ask for it. */
    record ShowParameter(String name) implements AdminCommand {
        @Override
        public String tag() {
            return "SHOW";
        }

        @Override
        public boolean needsAdmin() {
            return false;
        }

        @Override
        public List<Column> columns() {
            return List.of(Column.text(name));
        }
    }

    /** A SELECT of constants and of facts about the session: what drivers and tools probe with. */
    record Probe(List<ProbeItem> items) implements AdminCommand {
        @Override
        public String tag() {
            return "SELECT 1";
        }

        @Override
        public boolean needsAdmin() {
            return false;
        }

        @Override
        public List<Column> columns() {
            return items.stream().map(ProbeItem::column).toList();
        }
    }

    /** SET of a setting of the proxy. */
    record SetSetting(String key, String value) implements AdminCommand {
        @Override
        public String tag() {
            return "SET " + key + "=" + value;
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    /** SET of a session parameter: drivers insist on it. */
    record SetParameter(String name, String value) implements AdminCommand {
        @Override
        public String tag() {
            return "SET";
        }

        @Override
        public boolean needsAdmin() {
            return false;
        }
    }

    /** A command that changes nothing here, answered as Postgres would: RESET, SET TRANSACTION, DISCARD PLANS. */
    record Ignored(String tag) implements AdminCommand {
        @Override
        public boolean needsAdmin() {
            return false;
        }
    }

    /** BEGIN, COMMIT and their kin. The console has no transactions, but keeps the status that a driver expects. */
    record Transaction(TransactionVerb verb) implements AdminCommand {
        @Override
        public String tag() {
            return verb.tag();
        }

        @Override
        public boolean needsAdmin() {
            return false;
        }
    }

    /** DEALLOCATE of one statement, or of all where the name is empty; DISCARD ALL is the latter under another tag. */
    record Deallocate(String statement, String tag) implements AdminCommand {
        @Override
        public boolean needsAdmin() {
            return false;
        }
    }

    record OnDatabases(DatabaseVerb verb, DatabaseScope scope) implements AdminCommand {
        @Override
        public String tag() {
            return verb.name();
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    record KillClient(long clientId) implements AdminCommand {
        @Override
        public String tag() {
            return "KILL_CLIENT";
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    record Suspend() implements AdminCommand {
        @Override
        public String tag() {
            return "SUSPEND";
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    record Reload() implements AdminCommand {
        @Override
        public String tag() {
            return "RELOAD";
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    record Shutdown(ShutdownMode mode) implements AdminCommand {
        @Override
        public String tag() {
            return "SHUTDOWN";
        }

        @Override
        public boolean needsAdmin() {
            return true;
        }
    }

    /** What is done to one database, or to all of them. */
    enum DatabaseVerb {
        PAUSE,
        RESUME,
        DISABLE,
        ENABLE,
        RECONNECT,
        KILL,
        WAIT_CLOSE;

        boolean needsName() {
            return this == DISABLE || this == ENABLE;
        }
    }

    enum TransactionVerb {
        BEGIN("BEGIN"),
        COMMIT("COMMIT"),
        ROLLBACK("ROLLBACK"),
        SAVEPOINT("SAVEPOINT"),
        RELEASE("RELEASE"),
        ROLLBACK_TO("ROLLBACK");

        private final String tag;

        TransactionVerb(String tag) {
            this.tag = tag;
        }

        String tag() {
            return tag;
        }
    }
}
