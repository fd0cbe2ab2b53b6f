/** A real cluster on one machine. */
@NullMarked
package io.pgorchestra.lab;

import org.jspecify.annotations.NullMarked;
