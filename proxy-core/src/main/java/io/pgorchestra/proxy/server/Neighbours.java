package io.pgorchestra.proxy.server;

import io.pgorchestra.proxy.statement.SchemaVersion;

/** The pools of all databases and users, as one of them speaks to them. For all threads. */
public interface Neighbours {

    /**
     * A command is on its way that Postgres runs only while nobody is connected to some database. Whoever has idle servers to a database
     * that its text names closes them; Postgres waits five seconds for that.
     *
     * @param route where it goes
     */
    void databaseCommandSent(CurrentRoute route, String sql);

    /** The one counter of a database that all its pools share. */
    SchemaVersion schemaVersion(CurrentRoute route, String database);

    /**
     * Roles, or the defaults of roles or databases, have changed: servers that logged in before may be nobody's, or have the old ones.
     *
     * @param route where that happened
     */
    void loginsOutdated(CurrentRoute route);
}
