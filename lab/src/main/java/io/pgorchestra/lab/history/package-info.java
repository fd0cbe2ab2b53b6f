/** What clients saw while things were broken, and what it proves: a workload that writes down everything, and checks of what it wrote. */
@NullMarked
package io.pgorchestra.lab.history;

import org.jspecify.annotations.NullMarked;
