/** Reads a database's catalog over JDBC, for those who must know it. */
@NullMarked
package io.pgorchestra.proxy.catalog;

import org.jspecify.annotations.NullMarked;
