package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void median_oddCount_isTheMiddleOne() {
        assertEquals(3, of(9, 1, 3).median());
    }

    @Test
    void median_evenCount_isTheMeanOfTheMiddleTwo() {
        assertEquals(2.5, of(9, 1, 3, 2).median());
    }

    @Test
    void median_noSamples_throws() {
        assertThrows(IllegalStateException.class, () -> new Samples().median());
    }

    @Test
    void ratioTo_other_dividesTheMedians() {
        assertEquals(1.5, of(1, 3, 100).ratioTo(of(2)));
    }

    @Test
    void ratioTo_zero_isNoNumber() {
        assertTrue(Double.isNaN(of(1).ratioTo(of(0))));
    }

    @Test
    void spread_rounds_isTheirDistanceByTheMedian() {
        assertEquals(0.5, of(8, 10, 13).spread(), 1e-9);
    }

    @Test
    void add_notANumber_throws() {
        assertThrows(IllegalArgumentException.class, () -> of(Double.NaN));
    }

    private static Samples of(double... values) {
        Samples samples = new Samples();
        for (double value : values) {
            samples.add(value);
        }
        return samples;
    }
}
