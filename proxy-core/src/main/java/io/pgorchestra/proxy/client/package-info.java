/** Connections from applications, phase by phase. */
@NullMarked
package io.pgorchestra.proxy.client;

import org.jspecify.annotations.NullMarked;
