/** The process: what it is made of, how it starts, reloads, drains and stops. */
@NullMarked
package io.pgorchestra.proxy;

import org.jspecify.annotations.NullMarked;
