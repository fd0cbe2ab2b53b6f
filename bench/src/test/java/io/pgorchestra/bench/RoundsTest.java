package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private static final Figure FIGURE = new Figure("tries", Unit.PER_SECOND);

    private final Endpoint endpoint = new Endpoint("127.0.0.1", 5432, "postgres", "postgres");
    private final List<Contestant> contestants =
            List.of(new Contestant("a", endpoint, null, null), new Contestant("b", endpoint, null, null));
    private final Scoreboard scoreboard = new Scoreboard();
    private final List<String> progress = new ArrayList<>();

    @Test
    void run_twoContestants_takesTurns() {
        Tries tries = new Tries(Integer.MAX_VALUE);
        new Rounds(contestants, 3, scoreboard, progress::add).run(tries);

        assertEquals(List.of("a", "b", "a", "b", "a", "b"), tries.order);
        assertEquals(3, scoreboard.samples(FIGURE, "b").size());
        assertEquals(3, progress.size());
    }

    @Test
    void run_contestantFailsInSecondRound_countsNothingOfItAndGoesOnWithOthers() {
        Tries tries = new Tries(3);
        new Rounds(contestants, 3, scoreboard, progress::add).run(tries);

        assertEquals(List.of("a", "b", "a", "b", "a"), tries.order);
        assertTrue(scoreboard.samples(FIGURE, "b").isEmpty());
        assertEquals(3, scoreboard.samples(FIGURE, "a").size());
        assertEquals(List.of("b, tries: broken"), scoreboard.failures());
        assertTrue(progress.get(1).contains("b FAILED: broken"), progress.get(1));
    }

    /** Notes who was tried, and fails at one of the tries. */
    private static final class Tries implements Trial {

        private final List<String> order = new ArrayList<>();
        private final int failAt;

        Tries(int failAt) {
            this.failAt = failAt;
        }

        @Override
        public String title() {
            return "tries";
        }

        @Override
        public Map<Figure, Double> run(Contestant contestant) {
            order.add(contestant.name());
            if (order.size() - 1 == failAt) {
                throw new BenchException("broken");
            }
            return Map.of(FIGURE, 1.0);
        }
    }
}
