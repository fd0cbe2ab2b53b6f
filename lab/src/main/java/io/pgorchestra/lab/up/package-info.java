/** {@code orchestra up}, which runs the lab with the proxy in front, and {@code orchestra lab}, which breaks and mends it. */
@NullMarked
package io.pgorchestra.lab.up;

import org.jspecify.annotations.NullMarked;
