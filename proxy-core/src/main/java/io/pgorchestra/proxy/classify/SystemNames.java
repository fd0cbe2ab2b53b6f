package io.pgorchestra.proxy.classify;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * What we know of Postgres' own functions and relations beyond what its catalog says.
 *
 * <p>Behind the proxy the cluster is to look like one node, the primary. So whatever tells of this server, of this session, or of what is not
 * replicated is for the primary, although a standby would answer it; and some volatile functions are as good on a standby.
 */
final class SystemNames {

    static final String CATALOG = "pg_catalog";

    /** Of whatever schema: a function of one of these names means the same wherever an extension was put. */
    static final Set<String> PRIMARY_FUNCTIONS = Set.of(
            // Sequences: they write, or tell what this session has drawn. A standby's last value is up to 32 ahead.
            "nextval",
            "setval",
            "currval",
            "lastval",
            "pg_sequence_last_value",
            "pg_get_sequence_data",
            // Locks and messages between sessions of one server.
            "pg_advisory_lock",
            "pg_advisory_lock_shared",
            "pg_advisory_unlock",
            "pg_advisory_unlock_all",
            "pg_advisory_unlock_shared",
            "pg_advisory_xact_lock",
            "pg_advisory_xact_lock_shared",
            "pg_try_advisory_lock",
            "pg_try_advisory_lock_shared",
            "pg_try_advisory_xact_lock",
            "pg_try_advisory_xact_lock_shared",
            "pg_notify",
            "pg_listening_channels",
            "pg_lock_status",
            "pg_blocking_pids",
            "pg_safe_snapshot_blocking_pids",
            "pg_isolation_test_session_is_blocked",
            // Transaction ids and snapshots, which a standby cannot give out or sees differently.
            "txid_current",
            "txid_current_if_assigned",
            "txid_current_snapshot",
            "txid_status",
            "pg_current_xact_id",
            "pg_current_xact_id_if_assigned",
            "pg_current_snapshot",
            "pg_xact_status",
            "pg_last_committed_xact",
            "pg_prepared_xact",
            "pg_export_snapshot",
            // What this server is, has and does; many of these are called stable.
            "version",
            "current_setting",
            "inet_client_addr",
            "inet_client_port",
            "inet_server_addr",
            "inet_server_port",
            "pg_backend_pid",
            "pg_conf_load_time",
            "pg_config",
            "pg_current_logfile",
            "pg_cursor",
            "pg_get_replication_slots",
            "pg_is_in_recovery",
            "pg_jit_available",
            "pg_postmaster_start_time",
            "pg_prepared_statement",
            "pg_show_all_settings",
            "pg_hba_file_rules",
            "pg_tablespace_databases",
            "pg_timezone_names",
            "pg_available_extensions",
            "pg_available_extension_versions",
            "pg_walfile_name",
            "pg_walfile_name_offset",
            // What this session has made or set.
            "set_config",
            "setseed",
            // Control of backends and of the server.
            "pg_cancel_backend",
            "pg_terminate_backend",
            "pg_reload_conf",
            "pg_rotate_logfile",
            "pg_promote",
            "pg_switch_wal",
            "pg_create_restore_point",
            "pg_logical_emit_message",
            // Large objects: they write, or have descriptors that belong to a transaction.
            "lo_open",
            "lo_close",
            "lo_creat",
            "lo_create",
            "lo_export",
            "lo_from_bytea",
            "lo_import",
            "lo_lseek",
            "lo_lseek64",
            "lo_put",
            "lo_tell",
            "lo_tell64",
            "lo_truncate",
            "lo_truncate64",
            "lo_unlink",
            "loread",
            "lowrite",
            // They run a text, or read relations, named by their arguments, which are not looked at here.
            "connectby",
            "crosstab",
            "crosstab2",
            "crosstab3",
            "crosstab4",
            "database_to_xml",
            "database_to_xml_and_xmlschema",
            "schema_to_xml",
            "schema_to_xml_and_xmlschema",
            "table_to_xml",
            "table_to_xml_and_xmlschema",
            "xpath_table",
            "query_to_xml",
            "query_to_xmlschema",
            "query_to_xml_and_xmlschema",
            "cursor_to_xml",
            "cursor_to_xmlschema",
            "ts_stat");

    /** Volatile, and yet as good on a standby: they have no effect, and their answers do not depend on the server asked. */
    static final Set<String> HARMLESS_FUNCTIONS = Set.of(
            // A chance is a chance anywhere. After setseed() it is not, but that is for the primary, as the rest of its
            // transaction is.
            "random",
            "random_normal",
            "gen_random_uuid",
            "uuidv4",
            "uuidv7",
            // Clocks of one cluster are as equal as those of two sessions may be asked to be.
            "clock_timestamp",
            "timeofday",
            // They wait.
            "pg_sleep",
            "pg_sleep_for",
            "pg_sleep_until",
            // They read replicated catalogs and are called volatile for want of a snapshot of their own.
            "pg_partition_tree",
            "pg_partition_ancestors",
            // A large object as it is stored, with no descriptor.
            "lo_get",
            // Handlers behind TABLESAMPLE, not functions that a query could call.
            "bernoulli",
            "system");

    /** Relations whose rows are this server's or this session's own, beside all that begin with pg_stat_ and pg_statio_. */
    static final Set<String> PRIMARY_RELATIONS = Set.of(
            "pg_aios",
            "pg_available_extension_versions",
            "pg_available_extensions",
            "pg_backend_memory_contexts",
            "pg_config",
            "pg_cursors",
            "pg_dsm_registry_allocations",
            "pg_file_settings",
            "pg_hba_file_rules",
            "pg_ident_file_mappings",
            "pg_locks",
            "pg_prepared_statements",
            "pg_prepared_xacts",
            "pg_replication_origin_status",
            "pg_replication_slots",
            "pg_sequences",
            "pg_settings",
            "pg_shmem_allocations",
            "pg_shmem_allocations_numa",
            "pg_timezone_names",
            "pg_wait_events");

    /** What calls of functions leave behind in the session. */
    static final Map<String, SessionEffect> EFFECTS = Map.of(
            "set_config", SessionEffect.SET_SESSION,
            "pg_advisory_lock", SessionEffect.ADVISORY_LOCK,
            "pg_advisory_lock_shared", SessionEffect.ADVISORY_LOCK,
            "pg_try_advisory_lock", SessionEffect.ADVISORY_LOCK,
            "pg_try_advisory_lock_shared", SessionEffect.ADVISORY_LOCK);

    private static final byte[] STATISTICS = ascii("pg_stat_");
    private static final byte[] FILE_STATISTICS = ascii("pg_statio_");
    private static final byte[] TEMPORARY = ascii("pg_temp");
    private static final byte[] NUMBERED_TEMPORARY = ascii("pg_temp_");
    private static final byte[] TEMPORARY_TOAST = ascii("pg_toast_temp_");

    private SystemNames() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What a function is, given what its catalog calls it. */
    static FunctionClass judge(String schema, String name, FunctionClass catalogued) {
        if (PRIMARY_FUNCTIONS.contains(name) || hasPrimaryPrefix(name)) {
            return FunctionClass.PRIMARY;
        }
        return schema.equals(CATALOG) && HARMLESS_FUNCTIONS.contains(name) ? FunctionClass.HARMLESS : catalogued;
    }

    /** Statistics are each server's own, and another database is another database. */
    private static boolean hasPrimaryPrefix(String name) {
        return name.startsWith("pg_stat_") || name.startsWith("pg_replication_") || name.startsWith("dblink");
    }

    /** Whether only the primary answers for a relation of that name, in whatever schema. */
    static boolean isPrimaryRelation(String name) {
        return PRIMARY_RELATIONS.contains(name) || name.startsWith("pg_stat_") || name.startsWith("pg_statio_");
    }

    static boolean isStatistics(Lexer lexer) {
        return lexer.startsWith(STATISTICS) || lexer.startsWith(FILE_STATISTICS);
    }

    /** A schema of temporary relations. */
    static boolean isTemporary(Lexer lexer) {
        return lexer.startsWith(NUMBERED_TEMPORARY)
                || lexer.startsWith(TEMPORARY_TOAST)
                || (lexer.startsWith(TEMPORARY) && lexer.end() - lexer.start() == TEMPORARY.length);
    }
}
