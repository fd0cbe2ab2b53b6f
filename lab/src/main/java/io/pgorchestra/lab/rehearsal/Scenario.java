package io.pgorchestra.lab.rehearsal;

import java.util.function.Consumer;

/**
 * One way in which things go wrong.
 *
 * @param id by which it is asked for, as S1
 * @param title what is done
 * @param obstacle why it cannot be played on this machine; empty if it can
 */
record Scenario(String id, String title, Promise promise, Play<?> play, String obstacle) {

    /** A script, and how to set the stage for it. */
    record Play<S extends Playhouse>(Set<S> set, Script<S> script) {}

    /** Sets a stage; what is left to chance there follows from the seed. */
    @FunctionalInterface
    interface Set<S> {
        S set(long seed, Consumer<String> progress);
    }

    /** One that needs nothing but what the build brings along. */
    static Scenario of(String id, String title, Setting setting, Promise promise, Script<Stage> script) {
        return new Scenario(
                id, title, promise, new Play<>((seed, progress) -> Stage.set(setting, seed, progress), script), "");
    }

    /** The same, if nothing is in its way. */
    Scenario unless(String inTheWay) {
        return new Scenario(id, title, promise, play, inTheWay);
    }

    @Override
    public String toString() {
        return id + " " + title;
    }
}
