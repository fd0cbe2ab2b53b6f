package io.pgorchestra.lab.rehearsal;

/**
 * One way in which things go wrong.
 *
 * @param id by which it is asked for, as S1
 * @param title what is done
 */
record Scenario(String id, String title, Setting setting, Promise promise, Script script) {

    @Override
    public String toString() {
        return id + " " + title;
    }
}
