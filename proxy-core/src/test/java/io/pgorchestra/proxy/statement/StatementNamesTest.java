package io.pgorchestra.proxy.statement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatementNamesTest {

    private static final int STEPS = 100_000;

    private final StatementNames names = new StatementNames();

    @Test
    void randomChanges_againstHashMap_agree() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, SharedStatement> model = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            String name = "s" + random.nextInt(200);
            String where = "-Dseed=" + seed + " step " + step;
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    SharedStatement statement = statement(step);
                    names.put(bytes(name), statement);
                    model.put(name, statement);
                }
                case 2 -> {
                    names.put(bytes(name), null);
                    model.remove(name);
                }
                case 3 -> assertSame(model.get(name), names.get(bytes(name)), where);
                default -> assertSame(model.get(name), inBuffer(name), where);
            }
            assertEquals(model.size(), names.size(), where);
        }
        model.forEach((name, statement) -> assertSame(statement, inBuffer(name), () -> "-Dseed=" + seed));
    }

    @Test
    void failedRequest_doesNotTakeANameGivenSince() {
        StatementChange failing = names.giving(bytes("a"), statement(1), 1);
        names.taking(bytes("a"));
        SharedStatement second = statement(2);
        names.giving(bytes("a"), second, 2).done();
        failing.undo();

        assertSame(second, names.get(bytes("a")));
    }

    @Test
    void skippedSeries_leavesNoName() {
        StatementChange giving = names.giving(bytes("a"), statement(1), 1);
        StatementChange taking = names.taking(bytes("a"));
        taking.undo();
        giving.undo();

        assertNull(names.get(bytes("a")));
        assertEquals(0, names.size());
    }

    @Test
    void unansweredSeries_isKnownUntilTheAnswer() {
        StatementChange giving = names.giving(bytes("a"), statement(1), 7);
        for (int i = 0; i < 20; i++) {
            names.put(bytes("other" + i), statement(i));
        }
        assertEquals(7, names.unansweredSeries(bytes("a")));
        giving.done();

        assertEquals(StatementNames.ANSWERED, names.unansweredSeries(bytes("a")));
    }

    @Test
    void get_nameWithHighBytes_isFoundInABuffer() {
        SharedStatement statement = statement(1);
        names.put(bytes("größe"), statement);

        assertSame(statement, inBuffer("größe"));
        assertNull(inBuffer("größ"));
    }

    @Test
    void put_namesOfOneHash_keepsThemApart() {
        SharedStatement first = statement(1);
        SharedStatement second = statement(2);
        names.put(bytes("Aa"), first);
        names.put(bytes("BB"), second);
        names.put(bytes("Aa"), null);

        assertNull(inBuffer("Aa"));
        assertSame(second, inBuffer("BB"));
    }

    @Test
    void clear_forgetsAll() {
        names.put(bytes("a"), statement(1));
        names.clear();

        assertEquals(0, names.size());
        assertNull(inBuffer("a"));
    }

    private @Nullable SharedStatement inBuffer(String name) {
        byte[] bytes = bytes(name);
        ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(bytes).writeByte(0);
        return names.get(buffer, 3, bytes.length);
    }

    private static SharedStatement statement(int id) {
        return new SharedStatement(id, bytes("SELECT " + id), "");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
