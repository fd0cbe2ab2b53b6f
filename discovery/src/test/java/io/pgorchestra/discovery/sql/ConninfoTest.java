package io.pgorchestra.discovery.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConninfoTest {

    @Test
    void parse_knowsQuotesAndBackslashes() {
        Conninfo conninfo = Conninfo.parse("  host = a  port=5432 password='it\\'s \\\\ open' options=a\\ b empty='' ");

        assertEquals("a", conninfo.get("host"));
        assertEquals("5432", conninfo.get("port"));
        assertEquals("it's \\ open", conninfo.get("password"));
        assertEquals("a b", conninfo.get("options"));
        assertEquals("", conninfo.get("empty"));
    }

    @Test
    void text_isReadAsTheSame() {
        String text =
                Conninfo.parse("user=u password='it\\'s \\\\ open' host=a").text();

        assertEquals("user='u' password='it\\'s \\\\ open' host='a'", text);
        assertEquals(text, Conninfo.parse(text).text());
        assertEquals("", Conninfo.parse("").text());
    }

    @Test
    void parse_ofMalformedText_saysWhere_butNotWhat() {
        for (String text : List.of("secret", "password='secret", "=secret", "a b=secret", "postgres://u:secret@h/")) {
            IllegalArgumentException failure =
                    assertThrows(IllegalArgumentException.class, () -> Conninfo.parse(text), text);

            assertFalse(String.valueOf(failure.getMessage()).contains("secret"), failure.getMessage());
        }
        assertFalse(Conninfo.parse("password=secret").toString().contains("secret"));
    }
}
