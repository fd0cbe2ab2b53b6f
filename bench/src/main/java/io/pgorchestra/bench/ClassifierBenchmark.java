package io.pgorchestra.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.Classifier;
import io.pgorchestra.proxy.classify.Functions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Telling what a text does: a thousand texts that differ in a number, as pgbench sends them, and one text again and again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClassifierBenchmark {

    private static final int TEXTS = 1000;

    /** What is sent; each number sign is another number in each text. */
    public enum Text {
        PGBENCH_SELECT("SELECT abalance FROM pgbench_accounts WHERE aid = #;"),
        PGBENCH_UPDATE("UPDATE pgbench_accounts SET abalance = abalance + # WHERE aid = #;"),
        BEGIN("BEGIN"),
        PREPARED("SELECT id, name, email FROM customers WHERE id = $1"),
        ORM(
                "select c1_0.id,c1_0.created_at,c1_0.email,c1_0.name,o1_0.customer_id,o1_0.id,o1_0.placed,o1_0.state,o1_0.total from customers c1_0"
                        + " left join orders o1_0 on c1_0.id=o1_0.customer_id where c1_0.id=$1 and coalesce(o1_0.state,'') <> 'deleted'"
                        + " order by o1_0.placed desc, lower(c1_0.name) offset # rows fetch first $2 rows only"),
        REPORT(
                "WITH recent(id, total) AS (SELECT o.id, sum(l.price * l.amount) FROM orders o JOIN lines l ON l.order_id = o.id"
                        + " WHERE o.placed > now() - interval '# days' GROUP BY o.id) SELECT date_trunc('day', o.placed) AS day, count(*),"
                        + " round(avg(r.total), 2), max(r.total) FROM recent r JOIN orders o USING (id) GROUP BY 1 HAVING count(*) > # ORDER BY 1");

        private final String sql;

        Text(String sql) {
            this.sql = sql;
        }
    }

    @Param
    private Text text = Text.PGBENCH_SELECT;

    private final Classifier classifier = new Classifier(Functions.builtIn());
    private final ByteBuf[] texts = new ByteBuf[TEXTS];
    private int next;

    @Setup
    public void fill() {
        for (int i = 0; i < TEXTS; i++) {
            byte[] bytes = text.sql.replace("#", String.valueOf(10_000 + i * 7)).getBytes(StandardCharsets.US_ASCII);
            texts[i] = PooledByteBufAllocator.DEFAULT
                    .directBuffer(bytes.length + 1)
                    .writeBytes(bytes)
                    .writeByte(0);
        }
    }

    @TearDown
    public void release() {
        for (ByteBuf buffer : texts) {
            buffer.release();
        }
    }

    @Benchmark
    public Classification fresh() {
        next = next + 1 == TEXTS ? 0 : next + 1;
        return classify(texts[next]);
    }

    @Benchmark
    public Classification same() {
        return classify(texts[0]);
    }

    private Classification classify(ByteBuf buffer) {
        return classifier.classify(buffer, 0, buffer.readableBytes(), true);
    }
}
