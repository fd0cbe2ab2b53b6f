package io.pgorchestra.protocol.message;

/**
 * One column of a RowDescription.
 *
 * @param tableOid 0 if the column is none of a table's
 * @param columnNumber the attribute number in that table, or 0
 * @param typeSize in bytes; negative for a variable width
 * @param typeModifier such as the n of varchar(n), or -1
 * @param format 0 for text, 1 for binary; always 0 in the answer to Describe of a statement
 */
public record Field(
        String name, int tableOid, short columnNumber, int typeOid, short typeSize, int typeModifier, short format) {
    /** The bytes of a field with an empty name. */
    static final int MIN_BYTES = 1 + 4 + 2 + 4 + 2 + 4 + 2;

    private static final int TEXT_OID = 25;

    /** A column of type text in text format, as an admin console returns. */
    public static Field text(String name) {
        return new Field(name, 0, (short) 0, TEXT_OID, (short) -1, -1, (short) 0);
    }

    static Field read(BodyReader body) {
        return new Field(
                body.string("field name"),
                body.int32("table OID"),
                body.int16("column number"),
                body.int32("type OID"),
                body.int16("type size"),
                body.int32("type modifier"),
                body.int16("format"));
    }

    void writeTo(BodyWriter body) {
        body.string(name).int32(tableOid).int16(columnNumber);
        body.int32(typeOid).int16(typeSize).int32(typeModifier).int16(format);
    }
}
