/** Expected failures, each with its SQLSTATE and its words. */
@NullMarked
package io.pgorchestra.proxy.failure;

import org.jspecify.annotations.NullMarked;
