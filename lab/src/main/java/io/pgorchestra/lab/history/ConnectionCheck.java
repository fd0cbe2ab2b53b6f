package io.pgorchestra.lab.history;

import java.util.List;

/** CONNECTIONS: no more than so many connections of clients were lost. */
public final class ConnectionCheck implements HistoryCheck {

    private final int lossAllowed;

    public ConnectionCheck(int lossAllowed) {
        this.lossAllowed = lossAllowed;
    }

    @Override
    public Verdict check(History history) {
        String figures = history.lostConnections() + " lost";
        return new Verdict(
                "CONNECTIONS",
                history.lostConnections() > lossAllowed
                        ? List.of(figures + " (expected: at most " + lossAllowed + ")")
                        : List.of(),
                figures);
    }
}
