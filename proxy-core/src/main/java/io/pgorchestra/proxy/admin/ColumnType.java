package io.pgorchestra.proxy.admin;

/** The Postgres type of a column that the console shows; the same ones that PgBouncer declares. */
enum ColumnType {
    TEXT(25, -1),
    INT4(23, 4),
    INT8(20, 8),
    NUMERIC(1700, -1);

    private final int oid;
    private final int size;

    ColumnType(int oid, int size) {
        this.oid = oid;
        this.size = size;
    }

    int oid() {
        return oid;
    }

    /** The size in RowDescription; negative for a type of varying size. */
    int size() {
        return size;
    }
}
