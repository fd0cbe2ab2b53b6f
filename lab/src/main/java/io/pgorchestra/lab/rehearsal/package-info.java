/** What Orchestra promises, tried on a real cluster with two proxies while something is broken on purpose: {@code orchestra lab rehearse}. */
@NullMarked
package io.pgorchestra.lab.rehearsal;

import org.jspecify.annotations.NullMarked;
