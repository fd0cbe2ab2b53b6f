/** Sessions that write and read their own keys while standbys are harmed, and the check that none of them sees less than it has written. */
@NullMarked
package io.pgorchestra.lab.reads;

import org.jspecify.annotations.NullMarked;
