package io.pgorchestra.protocol.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SaslprepTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                // RFC 4013, section 3. Where it prohibits, Postgres takes the bytes as they are.
                "I\u00adX,4958",
                "user,75736572",
                "\u00aa,61",
                "\u2168,4958",
                "\u0007\u00e9,07c3a9",
                "\u06271,d8a731",
                // Bidirectional text that obeys section 6 of RFC 3454.
                "\u06271\u0628,d8a731d8a8",
                // Emoji were unassigned in Unicode 3.2, so the ligature before one stays as it is.
                "\ufb01\ud83d\ude00,efac81f09f9880",
                "\ufb01x,666978",
                "a\u00a0b,612062",
                "a\u200bb,612062",
                // Nothing would be left.
                "\u00ad,c2ad",
                "e\u0301,c3a9",
                "\u2163\ue000,e285a3ee8080",
                // A byte of LATIN1, which is no UTF-8.
                "\u2163\udce9,e285a3e9",
            })
    void prepare_ofEachKindOfText_isAsPostgresHasIt(String password, String prepared) {
        assertEquals(prepared, HexFormat.of().formatHex(Saslprep.prepare(password)));
    }

    @Test
    void prepare_ofEveryCodePointOfThreePlanes_agreesWithAnotherImplementation() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int codePoint = 0x80; codePoint < 0x30000; codePoint++) {
            if (codePoint < 0xd800 || codePoint > 0xdfff) {
                digest.update(Saslprep.prepare("x" + Character.toString(codePoint) + "1"));
            }
        }
        // Over the same texts, from the stringprep and unicodedata modules of Python 3.11.
        assertEquals(
                "754c48b3e94bc6330df6dd9947fbc0d198f9e16b182c1b6f728f1da7e1ca7c79",
                HexFormat.of().formatHex(digest.digest()));
    }
}
