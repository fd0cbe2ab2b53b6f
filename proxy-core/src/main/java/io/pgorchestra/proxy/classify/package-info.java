/** What a statement does, told from its tokens: whether it only reads, what it changes in its session. Pure: no I/O, no channels. */
@NullMarked
package io.pgorchestra.proxy.classify;

import org.jspecify.annotations.NullMarked;
