/** A cluster in which time, network, clocks, processes and nodes are simulated, and go wrong at random. */
@NullMarked
package io.pgorchestra.discovery.simulation;

import org.jspecify.annotations.NullMarked;
