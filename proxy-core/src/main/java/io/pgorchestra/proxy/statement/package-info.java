/** Prepared statements shared by text over clients, renamed on the wire. */
@NullMarked
package io.pgorchestra.proxy.statement;

import org.jspecify.annotations.NullMarked;
