/** What the proxy tells monitoring systems: metrics in Prometheus' format, and the health checks of its HTTP port. */
@NullMarked
package io.pgorchestra.proxy.metrics;

import org.jspecify.annotations.NullMarked;
