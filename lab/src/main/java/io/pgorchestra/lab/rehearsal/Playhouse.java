package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.history.History;
import java.sql.SQLException;

/** A cluster with two proxies, on which a script is played while clients of both take down what they see. */
interface Playhouse extends AutoCloseable {

    /** Sets the clients going, and returns when each proxy has taken some writes. */
    void startWorkload() throws SQLException;

    /** Returns when each proxy has taken some more writes. */
    void awaitWrites();

    /** Has the clients end, and answers all that they saw. */
    History endWorkload() throws SQLException;

    @Override
    void close();
}
