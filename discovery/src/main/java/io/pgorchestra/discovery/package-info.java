/** Which node is the primary. */
@NullMarked
package io.pgorchestra.discovery;

import org.jspecify.annotations.NullMarked;
