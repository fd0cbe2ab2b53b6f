/** The network between the parties of a lab: every line of it can be cut, frozen, slowed and healed. */
@NullMarked
package io.pgorchestra.lab.link;

import org.jspecify.annotations.NullMarked;
