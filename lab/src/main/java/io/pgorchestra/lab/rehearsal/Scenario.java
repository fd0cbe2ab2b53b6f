package io.pgorchestra.lab.rehearsal;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One way in which things go wrong.
 *
 * @param id by which it is asked for, as S1
 * @param title what is done
 * @param obstacle why it cannot be played on this machine; empty if it can
 */
record Scenario(String id, String title, Promise promise, Play<?> play, String obstacle) {

    /** A script, and how to set the stage for it. */
    record Play<S extends Playhouse>(Function<Consumer<String>, S> set, Script<S> script) {}

    /** One that needs nothing but what the build brings along. */
    static Scenario of(String id, String title, Setting setting, Promise promise, Script<Stage> script) {
        return new Scenario(id, title, promise, new Play<>(progress -> Stage.set(setting, progress), script), "");
    }

    @Override
    public String toString() {
        return id + " " + title;
    }
}
