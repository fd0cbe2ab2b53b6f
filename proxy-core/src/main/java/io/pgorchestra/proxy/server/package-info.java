/** Connections to Postgres nodes, phase by phase. */
@NullMarked
package io.pgorchestra.proxy.server;

import org.jspecify.annotations.NullMarked;
