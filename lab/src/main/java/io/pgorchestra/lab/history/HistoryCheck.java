package io.pgorchestra.lab.history;

/** A rule that a history must keep. */
public interface HistoryCheck {

    Verdict check(History history);
}
