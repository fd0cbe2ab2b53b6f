/** What the operator asked for: settings, the files they come from, and everything that is wrong with them. */
@NullMarked
package io.pgorchestra.proxy.config;

import org.jspecify.annotations.NullMarked;
