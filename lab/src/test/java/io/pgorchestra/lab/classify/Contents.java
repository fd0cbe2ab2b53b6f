package io.pgorchestra.lab.classify;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** All of a database and of one session that a statement could change, in texts to compare. */
record Contents(Map<String, String> parts) {

    /** The next transaction id moves with anything that writes a row or locks one; there is no autovacuum beside us. */
    private static final Map<String, String> QUESTIONS = Map.of(
            "next transaction id", "SELECT pg_snapshot_xmax(pg_current_snapshot())",
            "relations",
                    "SELECT md5(string_agg(oid || ' ' || relname || ' ' || relfilenode || ' ' || xmin, ',' ORDER BY oid)) FROM pg_class",
            "functions", "SELECT md5(string_agg(oid || ' ' || xmin, ',' ORDER BY oid)) FROM pg_proc",
            "sequences",
                    "SELECT string_agg(schemaname || '.' || sequencename || '=' || coalesce(last_value::text, '-'), ',') FROM pg_sequences",
            "large objects", "SELECT count(*) FROM pg_largeobject_metadata",
            "settings", "SELECT md5(string_agg(name || '=' || setting, ',' ORDER BY name)) FROM pg_settings",
            "advisory locks", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
            "prepared statements and cursors",
                    "SELECT (SELECT count(*) FROM pg_prepared_statements) || ' ' || (SELECT count(*) FROM pg_cursors)",
            "channels", "SELECT count(*) FROM pg_listening_channels()");

    private static final String TABLES =
            "SELECT string_agg(oid::regclass::text, ' ' ORDER BY oid) FROM pg_class WHERE relkind IN ('r', 'm') AND oid >= 16384";

    static Contents of(Runner session) throws SQLException {
        Map<String, String> parts = new LinkedHashMap<>();
        for (var question : QUESTIONS.entrySet()) {
            parts.put(question.getKey(), session.ask(question.getValue()));
        }
        for (String table : session.ask(TABLES).split(" ", -1)) {
            parts.put(table, session.ask("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM " + table + " t"));
        }
        return new Contents(parts);
    }

    /** The parts that are not the same. */
    String difference(Contents other) {
        return parts.keySet().stream()
                .filter(part -> !Objects.equals(parts.get(part), other.parts.get(part)))
                .toList()
                .toString();
    }
}
