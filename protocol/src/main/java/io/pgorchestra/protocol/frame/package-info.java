/** Walks frames where they lie in the read buffer; all wire limits live here. */
@NullMarked
package io.pgorchestra.protocol.frame;

import org.jspecify.annotations.NullMarked;
