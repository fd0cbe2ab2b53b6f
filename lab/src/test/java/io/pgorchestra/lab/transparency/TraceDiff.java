package io.pgorchestra.lab.transparency;

import java.util.ArrayList;
import java.util.List;

/** The lines of two traces side by side: common ones as they are, the others marked by {@code -} (direct) and {@code +} (through the proxy). */
final class TraceDiff {

    private static final int MAX_LINE = 300;

    private TraceDiff() {}

    /** The difference for people to read; empty if there is none. */
    static String of(List<String> direct, List<String> proxied) {
        if (direct.equals(proxied)) {
            return "";
        }
        int[][] common = commonTails(direct, proxied);
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < direct.size() || j < proxied.size()) {
            if (i < direct.size() && j < proxied.size() && direct.get(i).equals(proxied.get(j))) {
                lines.add("  " + shortened(direct.get(i)));
                i++;
                j++;
            } else if (j == proxied.size() || (i < direct.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + shortened(direct.get(i)));
                i++;
            } else {
                lines.add("+ " + shortened(proxied.get(j)));
                j++;
            }
        }
        return String.join("\n", lines);
    }

    /** The length of the longest common subsequence behind each pair of places. */
    private static int[][] commonTails(List<String> direct, List<String> proxied) {
        int[][] common = new int[direct.size() + 1][proxied.size() + 1];
        for (int i = direct.size() - 1; i >= 0; i--) {
            for (int j = proxied.size() - 1; j >= 0; j--) {
                common[i][j] = direct.get(i).equals(proxied.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    private static String shortened(String line) {
        return line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "...";
    }
}
