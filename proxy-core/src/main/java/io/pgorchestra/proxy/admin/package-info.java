/** The console: a virtual Postgres that answers PgBouncer's commands. Pure; it sees the proxy through {@code AdminTarget}. */
@NullMarked
package io.pgorchestra.proxy.admin;

import org.jspecify.annotations.NullMarked;
