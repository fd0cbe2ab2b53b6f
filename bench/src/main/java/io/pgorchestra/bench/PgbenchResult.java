package io.pgorchestra.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What pgbench said at its end. A run in which one transaction failed or one client gave up is no result: {@link #parse} refuses it.
 *
 * @param transactions those processed
 * @param transactionsPerSecond without the time to connect, or with it for {@code -C}
 */
record PgbenchResult(long transactions, double transactionsPerSecond) {

    private static final Pattern TRANSACTIONS =
            Pattern.compile("(?m)^number of transactions actually processed: (\\d+)");
    private static final Pattern FAILED = Pattern.compile("(?m)^number of failed transactions: (\\d+)");
    private static final Pattern TPS = Pattern.compile("(?m)^tps = ([0-9.]+) ");
    private static final Pattern ABORTED =
            Pattern.compile("(?m)^.*(?:Run was aborted|client \\d+ aborted|pgbench: fatal|pgbench: error).*$");

    PgbenchResult {
        if (transactions < 1) {
            throw new BenchException("pgbench has not processed a single transaction.");
        }
    }

    /** Reads standard output and error, together, of pgbench 13 and newer. */
    static PgbenchResult parse(String output) {
        Matcher aborted = ABORTED.matcher(output);
        if (aborted.find()) {
            throw new BenchException("pgbench failed: " + aborted.group());
        }
        Matcher failed = FAILED.matcher(output);
        if (failed.find() && !failed.group(1).equals("0")) {
            throw new BenchException("pgbench had " + failed.group(1) + " failed transactions.");
        }
        return new PgbenchResult(Long.parseLong(find(TRANSACTIONS, output)), Double.parseDouble(find(TPS, output)));
    }

    private static String find(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new BenchException("pgbench did not say " + pattern + ", but: " + output);
        }
        return matcher.group(1);
    }
}
