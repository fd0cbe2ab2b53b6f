package io.pgorchestra.proxy.failure;

import io.pgorchestra.discovery.Lsn;
import io.pgorchestra.protocol.message.BackendMessage.NoticeResponse;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.Severity;
import io.pgorchestra.protocol.message.SqlState;

/** What the proxy has to tell a client that is no error. */
public final class Notices {

    private Notices() {}

    /**
     * A WARNING that the last commit may be gone.
     *
     * @param end in bytes: what came behind it on this timeline is not on the present one
     */
    public static NoticeResponse commitPossiblyLost(int timeline, long end) {
        return ErrorFields.of(
                        Severity.WARNING,
                        SqlState.WARNING,
                        "a change that was committed before the primary changed may have been lost")
                .withDetail("The new primary has timeline " + timeline + " up to " + Lsn.format(end)
                        + " only. What this session wrote last, or was told of by a token, may lie behind that.")
                .withHint("Look whether it is there.")
                .toNoticeResponse();
    }
}
