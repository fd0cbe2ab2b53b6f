package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.session.SessionState;

/** What the meaning of a text depends on in one session state and at one version of the schema, put into words once. */
@SuppressWarnings("ReferenceEquality") // Another object of equal content only costs putting it into words again.
record ParseContext(SessionState state, long schema, String text) {

    static ParseContext of(SessionState state, long schema) {
        return new ParseContext(state, schema, schema + "\n" + state.parseContext());
    }

    boolean isOf(SessionState otherState, long otherSchema) {
        return state == otherState && schema == otherSchema;
    }
}
