package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.history.History;
import io.pgorchestra.lab.reads.ReadHistory;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A cluster with two proxies, on which a script is played while clients of both take down what they see. */
interface Playhouse extends AutoCloseable {

    /** Sets the clients going, and returns when each proxy has taken some writes. */
    void startWorkload() throws SQLException;

    /** Returns when each proxy has taken some more writes. */
    void awaitWrites();

    /** Has the clients end, and answers all that they saw. */
    History endWorkload() throws SQLException;

    /** Has the sessions end that read what they write, and answers what they saw; null if there are none. */
    default @Nullable ReadHistory endReads() throws SQLException {
        return null;
    }

    @Override
    void close();
}
