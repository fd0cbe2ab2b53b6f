package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.classify.ClientEncodings;
import io.pgorchestra.proxy.session.ParameterSet;

/**
 * By which rules a session's texts are cut into tokens. Immutable.
 *
 * @param standardConformingStrings whether a backslash in an ordinary string stands for itself
 * @param asciiSafe whether every byte below 128 is the character that ASCII has there
 */
record TextRules(boolean standardConformingStrings, boolean asciiSafe) {

    static final TextRules USUAL = new TextRules(true, true);

    static TextRules of(ParameterSet reported) {
        String encoding = reported.get("client_encoding");
        boolean standard = !"off".equals(reported.get("standard_conforming_strings"));
        boolean safe = encoding == null || ClientEncodings.areAsciiSafe(encoding);
        return standard && safe ? USUAL : new TextRules(standard, safe);
    }
}
