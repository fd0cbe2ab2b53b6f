package io.pgorchestra.proxy.cli;

import java.util.concurrent.Callable;

/**
 * A subcommand of {@code orchestra}: an object that picocli can read. Modules above this one add theirs by naming the class in
 * {@code META-INF/services}.
 */
public interface OrchestraCommand extends Callable<Integer> {}
