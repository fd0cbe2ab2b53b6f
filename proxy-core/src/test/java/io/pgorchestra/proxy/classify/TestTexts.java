package io.pgorchestra.proxy.classify;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Classifies texts against the functions and relations of schema.sql. */
final class TestTexts {

    private TestTexts() {}

    static Functions functions() {
        return new Functions.Builder()
                .builtIn()
                .function("public", "add_tax", FunctionClass.IMMUTABLE)
                .function("public", "order_count", FunctionClass.STABLE)
                .function("app", "order_total", FunctionClass.STABLE)
                .function("public", "unlabelled", FunctionClass.VOLATILE)
                .function("app", "take_ticket", FunctionClass.VOLATILE)
                .function("app", "touch", FunctionClass.VOLATILE)
                .function("public", "mixed", FunctionClass.IMMUTABLE)
                .function("public", "mixed", FunctionClass.VOLATILE)
                .function("public", "either", FunctionClass.STABLE)
                .function("app", "either", FunctionClass.VOLATILE)
                .function("public", "Odd Name", FunctionClass.IMMUTABLE)
                .function("public", "Odd \"Write\"", FunctionClass.VOLATILE)
                .function("public", "next_of", FunctionClass.VOLATILE)
                .volatileAttribute("next_of")
                .function("public", "label_of", FunctionClass.STABLE)
                .function("public", "counting", FunctionClass.VOLATILE)
                .function("public", "plain_total", FunctionClass.IMMUTABLE)
                .function("pg_catalog", "pg_current_wal_lsn", FunctionClass.VOLATILE)
                .function("pg_catalog", "pg_switch_wal", FunctionClass.VOLATILE)
                .function("pg_catalog", "pg_read_file", FunctionClass.VOLATILE)
                .function("pg_catalog", "pg_database_size", FunctionClass.VOLATILE)
                .volatileOperator("<<+>>")
                .volatileType("drawn")
                .volatileType("money_pair")
                .primaryRelation("tickets")
                .primaryRelation("more_tickets")
                .function("public", "with_default", FunctionClass.VOLATILE)
                .primaryRelation("locked_orders")
                .primaryRelation("busy")
                .primaryRelation("scratch_view")
                .primaryRelation("scratch")
                .primaryRelation("ticket_seq")
                .primaryRelation("guarded")
                .build();
    }

    static Classification classify(Classifier classifier, String sql) {
        return classify(classifier, sql, true);
    }

    static Classification classify(Classifier classifier, String sql, boolean standardConformingStrings) {
        return classify(classifier, sql.getBytes(StandardCharsets.UTF_8), standardConformingStrings);
    }

    static Classification classify(Classifier classifier, byte[] sql, boolean standardConformingStrings) {
        ByteBuf buffer = Unpooled.wrappedBuffer(new byte[] {'Q'}, sql, new byte[] {0, 'X', 0});
        return classifier.classify(buffer, 1, sql.length + 1, standardConformingStrings);
    }
}
