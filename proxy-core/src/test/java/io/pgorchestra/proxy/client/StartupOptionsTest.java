package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupOptionsTest {

    @Test
    void parse_allThreeSpellings_givesParameters() {
        assertEquals(
                Map.of("work_mem", "8MB", "statement_timeout", "5s", "search_path", "a,b"),
                StartupOptions.parse("-c work_mem=8MB  -cstatement_timeout=5s\t--search-path=a,b "));
    }

    @Test
    void parse_escapedBlanksAndBackslashes_belongToTheValue() {
        assertEquals(
                Map.of("search_path", "my schema", "application_name", "a\\b"),
                StartupOptions.parse("-c search_path=my\\ schema -c application_name=a\\\\b"));
    }

    @Test
    void parse_nameTwice_takesTheLast() {
        assertEquals(Map.of("work_mem", "2MB"), StartupOptions.parse("-c work_mem=1MB -c work_mem=2MB"));
    }

    @Test
    void parse_emptyOrBlank_givesNothing() {
        assertTrue(StartupOptions.parse("").isEmpty());
        assertTrue(StartupOptions.parse("  ").isEmpty());
    }

    @Test
    void parse_valueWithEquals_keepsIt() {
        assertEquals(Map.of("a.b", "c=d"), StartupOptions.parse("-c a.b=c=d"));
        assertEquals(Map.of("a.b", ""), StartupOptions.parse("-c a.b="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c", "-d 5", "-c work_mem", "--work_mem", "work_mem=1", "-c =1", "--", "-W 3"})
    void parse_anythingElse_isRefusedByName(String options) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> StartupOptions.parse(options));

        assertTrue(String.valueOf(refused.getMessage()).contains("expected: -c name=value"), refused::getMessage);
    }
}
