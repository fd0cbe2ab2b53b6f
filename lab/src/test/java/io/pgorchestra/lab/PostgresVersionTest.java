package io.pgorchestra.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresVersionTest {

    @Test
    void parse_ofToString_isTheSame() {
        PostgresVersion version = new PostgresVersion(18, 6, 0);

        assertEquals(version, PostgresVersion.parse(version.toString()));
    }

    @Test
    void compareTo_ofTwoDigitMinor_isByNumberNotByText() {
        assertTrue(PostgresVersion.parse("16.14.0").compareTo(PostgresVersion.parse("16.9.0")) > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "18", "18.6", "9.6.24", "18.6.0-beta", "18.6.99999999999"})
    void parse_ofSomethingElse_isRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> PostgresVersion.parse(text));
    }
}
