/** The command line: one root command, its subcommands found on the class path. */
@NullMarked
package io.pgorchestra.proxy.cli;

import org.jspecify.annotations.NullMarked;
