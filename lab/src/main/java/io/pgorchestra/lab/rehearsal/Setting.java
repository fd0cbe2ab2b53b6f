package io.pgorchestra.lab.rehearsal;

import java.time.Duration;

/**
 * The cluster that a scenario needs.
 *
 * @param synchronous {@code off}, {@code on} or {@code quorum}
 * @param hold how long the proxies let clients wait for a primary
 * @param links whether the proxies, and the standbys they point to a primary, reach the nodes over links that can be cut
 * @param apart whether px2 is a process of its own, that can be frozen and killed; it does not conduct then
 */
record Setting(String synchronous, Duration hold, boolean links, boolean apart) {

    static final Setting PLAIN = new Setting("off", Duration.ofSeconds(60), false, false);

    Setting synchronous(String mode) {
        return new Setting(mode, hold, links, apart);
    }

    Setting holding(Duration time) {
        return new Setting(synchronous, time, links, apart);
    }

    Setting withLinks() {
        return new Setting(synchronous, hold, true, apart);
    }

    Setting withSecondApart() {
        return new Setting(synchronous, hold, links, true);
    }
}
