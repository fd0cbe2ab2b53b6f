/** Loops, listeners, transports. */
@NullMarked
package io.pgorchestra.proxy.net;

import org.jspecify.annotations.NullMarked;
