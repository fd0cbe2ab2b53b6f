package io.pgorchestra.proxy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionStateTest {

    @Test
    void matches_whenOnlyServerFactsDiffer_isTrue() {
        SessionState wanted = state(Map.of("server_version", "16.4", "TimeZone", "UTC"), Map.of());
        SessionState other = state(Map.of("server_version", "17.0", "TimeZone", "UTC"), Map.of());

        assertTrue(wanted.matches(other));
        assertEquals("", wanted.sqlFrom(other));
    }

    @Test
    void matches_whenValueDiffers_isFalse() {
        SessionState wanted = state(Map.of("TimeZone", "UTC"), Map.of());

        assertFalse(wanted.matches(state(Map.of("TimeZone", "Europe/Oslo"), Map.of())));
        assertFalse(wanted.matches(SessionState.EMPTY));
        assertTrue(wanted.matches(state(Map.of("timezone", "UTC"), Map.of())));
    }

    @Test
    void matches_whenServerReportsMore_isTrue() {
        assertTrue(SessionState.EMPTY.matches(state(Map.of("TimeZone", "UTC"), Map.of())));
    }

    @Test
    void matches_whenServerHasAnothersUnreported_isFalse() {
        SessionState wanted = state(Map.of(), Map.of());
        SessionState other = state(Map.of(), Map.of("statement_timeout", "5s"));

        assertFalse(wanted.matches(other));
        assertEquals("RESET \"statement_timeout\";", wanted.sqlFrom(other));
    }

    @Test
    void sqlFrom_differences_isOneSelect() {
        SessionState wanted = state(Map.of("TimeZone", "UTC", "DateStyle", "ISO, DMY"), Map.of("work_mem", "8MB"));
        SessionState current = state(Map.of("TimeZone", "UTC", "DateStyle", "ISO, MDY"), Map.of());

        assertEquals(
                "SELECT pg_catalog.set_config(E'work_mem', E'8MB', false), "
                        + "pg_catalog.set_config(E'DateStyle', E'ISO, DMY', false)",
                wanted.sqlFrom(current));
    }

    @Test
    void sqlFrom_resetAndSet_resetsFirst() {
        SessionState wanted = state(Map.of(), Map.of("b.c", "1"));
        SessionState current = state(Map.of(), Map.of("a.\"x", "1"));

        assertEquals(
                "RESET \"a\".\"\"\"x\";SELECT pg_catalog.set_config(E'b.c', E'1', false)", wanted.sqlFrom(current));
    }

    @Test
    void sqlFrom_valueWithQuotesAndBackslashes_isEscaped() {
        SessionState wanted = state(Map.of("application_name", "a'; DROP TABLE t; --\\'"), Map.of());

        assertEquals(
                "SELECT pg_catalog.set_config(E'application_name', E'a''; DROP TABLE t; --\\\\''', false)",
                wanted.sqlFrom(SessionState.EMPTY));
    }

    @Test
    void withReported_sameSet_isSameState() {
        SessionState state = state(Map.of("TimeZone", "UTC"), Map.of());

        assertSame(state, state.withReported(state.reported()));
        assertEquals(
                "Asia/Tokyo",
                state.withReported(state.reported().with("TIMEZONE", "Asia/Tokyo"))
                        .reported()
                        .get("TimeZone"));
    }

    private static SessionState state(Map<String, String> reported, Map<String, String> unreported) {
        return new SessionState(ParameterSet.of(reported), ParameterSet.of(unreported));
    }
}
