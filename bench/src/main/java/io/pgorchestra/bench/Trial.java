package io.pgorchestra.bench;

import java.util.Map;

/** Something that every contestant does in turn, and what it gives: one value for each of some rows of the table. */
interface Trial {

    String title();

    /** False when the trial says nothing about this contestant. */
    default boolean suits(Contestant contestant) {
        return true;
    }

    /** How often it is repeated when the user asks for {@code rounds} rounds. */
    default int rounds(int rounds) {
        return rounds;
    }

    /** Throws BenchException when it did not work. */
    Map<Figure, Double> run(Contestant contestant);
}
