/** The wire as text, for debug output and as a test oracle. */
@NullMarked
package io.pgorchestra.protocol.trace;

import org.jspecify.annotations.NullMarked;
