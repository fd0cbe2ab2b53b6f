package io.pgorchestra.proxy.statement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionVerbTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "COMMIT|COMMIT",
                "' commit ; '|COMMIT",
                "END TRANSACTION|COMMIT",
                "prepare transaction 'x'|COMMIT",
                "PREPARE p AS SELECT 1|NONE",
                "ROLLBACK|ROLLBACK",
                "abort work;|ROLLBACK",
                "ROLLBACK TO SAVEPOINT s|NONE",
                "ROLLBACK WORK TO s|NONE",
                "COMMIT AND CHAIN|UNKNOWN",
                "ROLLBACK AND CHAIN|UNKNOWN",
                "UPDATE t SET a = 1|NONE",
                "UPDATE t SET a = 1; COMMIT|UNKNOWN",
                "SELECT ';'|UNKNOWN",
                "/* hint */ COMMIT|UNKNOWN",
                "-- COMMIT|UNKNOWN",
                "(SELECT 1)|UNKNOWN",
                "''|NONE",
                "COMMITTED|NONE",
            })
    void of_readsFirstWords(String text, TransactionVerb expected) {
        ByteBuf buffer = Unpooled.copiedBuffer("xx" + text + "\0\0\0", StandardCharsets.UTF_8);

        assertEquals(expected, TransactionVerb.of(buffer, 2, buffer.readableBytes() - 2));
    }
}
