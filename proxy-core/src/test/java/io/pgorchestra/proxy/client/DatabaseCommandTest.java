package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseCommandTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP DATABASE app",
                "drop database if exists \"App\"",
                "  \n\tAlter  Database app RENAME TO apple",
                "CREATE DATABASE apple TEMPLATE app;",
                "/* tool */DROP/**/DATABASE\napp",
                "-- first\n-- second\nDROP DATABASE app",
                "DROP DATABASE\"app\"",
            })
    void commandOnADatabase_isRecognised(String sql) {
        assertEquals(true, recognised(sql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "DROP",
                "DROP ",
                "DROP DATABASE",
                "DROP DATABASES",
                "DROP TABLE database",
                "DROPDATABASE app",
                "DELETE FROM database",
                "SELECT 'DROP DATABASE app'",
                "/* DROP DATABASE app",
                "-- DROP DATABASE app",
                "COMMENT ON DATABASE app IS 'x'",
                "d",
            })
    void anythingElse_isNot(String sql) {
        assertEquals(false, recognised(sql));
    }

    private static boolean recognised(String sql) {
        ByteBuf buffer = Unpooled.copiedBuffer("before" + sql + "\0", StandardCharsets.UTF_8);
        return DatabaseCommand.at(buffer, "before".length(), buffer.writerIndex());
    }
}
