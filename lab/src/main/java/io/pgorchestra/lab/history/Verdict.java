package io.pgorchestra.lab.history;

import java.util.List;

/**
 * What one check found.
 *
 * @param findings one line for each breach; empty if the rule holds
 * @param figures what was counted, for a person
 */
public record Verdict(String check, List<String> findings, String figures) {
    public Verdict {
        findings = List.copyOf(findings);
    }

    public boolean holds() {
        return findings.isEmpty();
    }
}
