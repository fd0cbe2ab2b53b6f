package io.pgorchestra.proxy.statement;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropAllTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DISCARD ALL",
                "discard all;",
                " Discard\n all ; ",
                "DEALLOCATE ALL",
                "deallocate prepare ALL",
                "\tDEALLOCATE  PREPARE\tALL;"
            })
    void is_theCommandAlone_isTrue(String query) {
        assertTrue(is(query));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "DISCARD PLANS",
                "DEALLOCATE allies",
                "DISCARDALL",
                "SELECT 1",
                "DELETE FROM discard",
                "DISCARD ALL; SELECT 1",
                "DISCARD ALL                                        "
            })
    void is_anythingElse_isFalse(String query) {
        assertFalse(is(query));
    }

    private static boolean is(String query) {
        ByteBuf body = Unpooled.copiedBuffer(query + "\0", StandardCharsets.US_ASCII);
        return DropAll.is(body, 0, body.writerIndex());
    }
}
