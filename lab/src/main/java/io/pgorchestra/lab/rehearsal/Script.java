package io.pgorchestra.lab.rehearsal;

import java.sql.SQLException;

/** What is broken in a scenario, and mended, while clients write; and what must be seen meanwhile, or a LabException says why not. */
@FunctionalInterface
interface Script<S extends Playhouse> {

    void play(S stage) throws SQLException;
}
