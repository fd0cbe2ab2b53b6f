package io.pgorchestra.proxy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParameterSetTest {

    @Test
    void get_anyCase_findsValue() {
        ParameterSet set = ParameterSet.of(Map.of("TimeZone", "UTC"));

        assertEquals("UTC", set.get("timezone"));
        assertTrue(set.contains("TIMEZONE"));
        assertNull(set.get("DateStyle"));
    }

    @Test
    void of_nothing_isTheEmptySet() {
        assertSame(ParameterSet.EMPTY, ParameterSet.of(Map.of()));
        assertTrue(ParameterSet.EMPTY.isEmpty());
    }

    @Test
    void with_sameValue_isSameSet() {
        ParameterSet set = ParameterSet.of(Map.of("TimeZone", "UTC"));

        assertSame(set, set.with("timezone", "UTC"));
    }

    @Test
    void with_otherValue_leavesTheOldSet() {
        ParameterSet set = ParameterSet.of(Map.of("TimeZone", "UTC"));
        ParameterSet changed = set.with("timezone", "Asia/Tokyo");

        assertEquals("UTC", set.get("TimeZone"));
        assertEquals("Asia/Tokyo", changed.get("TimeZone"));
        assertNotEquals(set, changed);
        assertEquals(set, changed.with("TimeZone", "UTC"));
        assertEquals(set.hashCode(), changed.with("TimeZone", "UTC").hashCode());
    }

    @Test
    void without_removesNamesOnly() {
        ParameterSet set = ParameterSet.of(Map.of("a", "1", "B", "2"));

        assertEquals(
                Map.of("a", "1"),
                set.without(ParameterSet.of(Map.of("b", "other"))).asMap());
        assertSame(set, set.without(ParameterSet.of(Map.of("c", "3"))));
        assertSame(ParameterSet.EMPTY, set.without(set));
    }

    @Test
    void asMap_isInOrderAndNotToBeChanged() {
        Map<String, String> map =
                ParameterSet.of(Map.of("b", "2", "A", "1", "c", "3")).asMap();

        assertEquals(List.of("A", "b", "c"), new ArrayList<>(map.keySet()));
        assertThrows(UnsupportedOperationException.class, () -> map.put("d", "4"));
    }
}
