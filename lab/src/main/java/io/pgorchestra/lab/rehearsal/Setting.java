package io.pgorchestra.lab.rehearsal;

import java.time.Duration;

/**
 * The cluster that a scenario needs.
 *
 * @param synchronous {@code off}, {@code on} or {@code quorum}
 * @param hold how long the proxies let clients wait for a primary
 * @param links whether the proxies, and the standbys they point to a primary, reach the nodes over links that can be cut
 * @param apart whether px2 is a process of its own, that can be frozen and killed; it does not conduct then
 * @param conducted whether the proxies steer the nodes; if not, the nodes alone say who is primary
 * @param ownLinks whether both proxies are processes of their own, that reach the nodes over links of their own; both conduct
 * @param reads further lines of the proxies' configuration, with which reads go to standbys, and sessions read what they write; empty for
 *     neither
 */
record Setting(
        String synchronous,
        Duration hold,
        boolean links,
        boolean apart,
        boolean conducted,
        boolean ownLinks,
        String reads) {

    static final Setting PLAIN = new Setting("off", Duration.ofSeconds(60), false, false, true, false, "");

    Setting synchronous(String mode) {
        return new Setting(mode, hold, links, apart, conducted, ownLinks, reads);
    }

    Setting holding(Duration time) {
        return new Setting(synchronous, time, links, apart, conducted, ownLinks, reads);
    }

    Setting withLinks() {
        return new Setting(synchronous, hold, true, apart, conducted, ownLinks, reads);
    }

    Setting withSecondApart() {
        return new Setting(synchronous, hold, links, true, conducted, ownLinks, reads);
    }

    Setting withOwnLinks() {
        return new Setting(synchronous, hold, true, apart, conducted, true, reads);
    }

    Setting withoutConductor() {
        return new Setting(synchronous, hold, links, apart, false, ownLinks, reads);
    }

    Setting reading(String lines) {
        return new Setting(synchronous, hold, links, apart, conducted, ownLinks, lines);
    }
}
