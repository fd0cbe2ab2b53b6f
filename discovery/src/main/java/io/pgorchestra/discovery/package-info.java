/**
 * Which node is the primary, under which epoch, and who may still write to which.
 *
 * <p>An {@link io.pgorchestra.discovery.Authority} knows the primary; the fence turns its answers into a
 * {@link io.pgorchestra.discovery.Route} that the data plane obeys.
 */
@NullMarked
package io.pgorchestra.discovery;

import org.jspecify.annotations.NullMarked;
