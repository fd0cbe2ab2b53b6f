/** A primary and its standbys on one machine, and all that can befall them. */
@NullMarked
package io.pgorchestra.lab.cluster;

import org.jspecify.annotations.NullMarked;
