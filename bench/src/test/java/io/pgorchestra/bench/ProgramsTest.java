package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramsTest {

    @Test
    void find_notAskedFor_isNothing() {
        assertTrue(Programs.find("sh", null).isEmpty());
    }

    @Test
    void find_auto_looksOnPath() {
        assertTrue(Programs.find("sh", "auto").orElseThrow().endsWith("/sh"));
        assertTrue(Programs.find("no-such-program-as-this", "auto").isEmpty());
    }

    @Test
    void find_pathWithoutProgram_throws() {
        assertThrows(BenchException.class, () -> Programs.find("pgbouncer", "/no/such/pgbouncer"));
    }

    @Test
    void withoutFolders_absolutePaths_keepsTheLastName() {
        assertEquals(
                List.of(
                        "bench",
                        "--pgbouncer",
                        "pgbouncer",
                        "--odyssey=odyssey",
                        "orchestra proxy",
                        "docs/benchmarks.md"),
                Programs.withoutFolders(List.of(
                        "bench",
                        "--pgbouncer",
                        "/opt/peers/pgbouncer",
                        "--odyssey=/opt/odyssey",
                        "/home/me/orchestra proxy",
                        "docs/benchmarks.md")));
    }
}
