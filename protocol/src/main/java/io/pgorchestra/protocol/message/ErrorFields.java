package io.pgorchestra.protocol.message;

import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.NoticeResponse;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of an ErrorResponse or NoticeResponse by their type, in the order of the wire; types that this proxy does
 * not know are kept.
 *
 * <p>Source: <a href="https://www.postgresql.org/docs/current/protocol-error-fields.html">Error and Notice Message
 * Fields</a>.
 */
public record ErrorFields(Map<Character, String> values) {
    /** Severity, translated to the server's language. */
    public static final char SEVERITY = 'S';
    /** Severity, never translated; since Postgres 9.6. */
    public static final char SEVERITY_NONLOCALIZED = 'V';

    public static final char SQLSTATE = 'C';
    public static final char MESSAGE = 'M';
    public static final char DETAIL = 'D';
    public static final char HINT = 'H';
    public static final char POSITION = 'P';
    public static final char INTERNAL_POSITION = 'p';
    public static final char INTERNAL_QUERY = 'q';
    public static final char WHERE = 'W';
    public static final char SCHEMA_NAME = 's';
    public static final char TABLE_NAME = 't';
    public static final char COLUMN_NAME = 'c';
    public static final char DATA_TYPE_NAME = 'd';
    public static final char CONSTRAINT_NAME = 'n';
    public static final char FILE = 'F';
    public static final char LINE = 'L';
    public static final char ROUTINE = 'R';

    private static final int MAX_TYPE = 0xff;

    public ErrorFields {
        for (char type : values.keySet()) {
            if (type == 0 || type > MAX_TYPE) {
                throw new IllegalArgumentException("field type: " + (int) type + " (expected: 1 to 255)");
            }
        }
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The four fields that the documentation says are always present. */
    public static ErrorFields of(Severity severity, SqlState sqlState, String message) {
        Map<Character, String> values = new LinkedHashMap<>();
        values.put(SEVERITY, severity.name());
        values.put(SEVERITY_NONLOCALIZED, severity.name());
        values.put(SQLSTATE, sqlState.code());
        values.put(MESSAGE, message);
        return new ErrorFields(values);
    }

    public static ErrorFields error(SqlState sqlState, String message) {
        return of(Severity.ERROR, sqlState, message);
    }

    public static ErrorFields fatal(SqlState sqlState, String message) {
        return of(Severity.FATAL, sqlState, message);
    }

    public ErrorFields withDetail(String detail) {
        return with(DETAIL, detail);
    }

    public ErrorFields withHint(String hint) {
        return with(HINT, hint);
    }

    public ErrorFields with(char type, String value) {
        Map<Character, String> changed = new LinkedHashMap<>(values);
        changed.put(type, value);
        return new ErrorFields(changed);
    }

    public ErrorResponse toErrorResponse() {
        return new ErrorResponse(this);
    }

    public NoticeResponse toNoticeResponse() {
        return new NoticeResponse(this);
    }

    /** The field's text, or an empty one where the field is absent. */
    public String get(char type) {
        return values.getOrDefault(type, "");
    }

    /** The severity in English where the server tells it, else in the server's language. */
    public String severity() {
        return values.getOrDefault(SEVERITY_NONLOCALIZED, get(SEVERITY));
    }

    /** The code; {@link SqlState#of} finds its constant. */
    public String sqlState() {
        return get(SQLSTATE);
    }

    public boolean is(SqlState sqlState) {
        return sqlState.code().equals(sqlState());
    }

    public String message() {
        return get(MESSAGE);
    }

    public String detail() {
        return get(DETAIL);
    }

    public String hint() {
        return get(HINT);
    }

    static ErrorFields read(BodyReader body) {
        Map<Character, String> values = new LinkedHashMap<>();
        for (byte type = body.int8("field type"); type != 0; type = body.int8("field type")) {
            char key = (char) Byte.toUnsignedInt(type);
            if (values.put(key, body.string("field " + key)) != null) {
                throw body.violation("field " + key, "twice", "once");
            }
        }
        return new ErrorFields(values);
    }

    void writeTo(BodyWriter body) {
        values.forEach((type, value) -> body.int8(type).string(value));
        body.int8(0);
    }
}
