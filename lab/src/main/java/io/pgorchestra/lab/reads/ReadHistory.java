package io.pgorchestra.lab.reads;

import java.util.List;
import java.util.Map;

/**
 * What came of a {@link ReadLoad}.
 *
 * @param byPlace reads by the port of the node that answered; negative where that was no standby
 * @param stale reads that showed less than their session knew to be written, and that is there in the end
 * @param phantoms reads that showed what was never written, or was rolled back
 * @param errors by what was done and the SQLSTATE
 * @param firstErrors the first of each of these, for a person
 * @param longestRead the longest wait of one read
 * @param longestGap the longest time in which no session was answered a read
 */
public record ReadHistory(
        long reads,
        long readsOnStandbys,
        long readsByToken,
        long writes,
        Map<Integer, Long> byPlace,
        List<OddRead> stale,
        List<OddRead> phantoms,
        Map<String, Long> errors,
        Map<String, String> firstErrors,
        int lostConnections,
        ReadBoard.Wait longestRead,
        ReadBoard.Wait longestGap) {

    /** Reads on standbys of a hundred. */
    long share() {
        return readsOnStandbys * 100 / Math.max(1, reads);
    }

    @Override
    public String toString() {
        return reads + " reads (" + readsByToken + " by token), " + share() + " % on standbys, " + writes + " writes, "
                + stale.size() + " stale, longest read " + longestRead.nanos() / 1_000_000 + " ms, longest gap "
                + longestGap.nanos() / 1_000_000 + " ms, errors " + errors;
    }
}
