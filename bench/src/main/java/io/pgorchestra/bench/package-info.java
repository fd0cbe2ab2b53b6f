/** Measurements: JMH, and the side-by-side load comparison. */
@NullMarked
package io.pgorchestra.bench;

import org.jspecify.annotations.NullMarked;
