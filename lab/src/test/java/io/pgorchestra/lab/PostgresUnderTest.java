package io.pgorchestra.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A Postgres version for a parameterized test ({@code MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")}), with one running
 * {@link #node} of it that all tests of this JVM share.
 *
 * <p>A test leaves the shared node running and its settings as they were; one that stops or kills a node starts its own.
 */
public final class PostgresUnderTest {

    /** Static, because a node takes seconds to make and JUnit has no place of its own for what outlives a class. */
    private static final Map<PostgresVersion, EmbeddedPostgres> NODES = new ConcurrentHashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(PostgresUnderTest::closeAll, "postgres-under-test-close"));
    }

    private final PostgresVersion version;

    private PostgresUnderTest(PostgresVersion version) {
        this.version = version;
    }

    /** Every version that the build brought along, oldest first. */
    public static Stream<PostgresUnderTest> everyMajor() {
        return PostgresBinaries.find().jars().keySet().stream().map(PostgresUnderTest::new);
    }

    public static PostgresUnderTest newest() {
        return new PostgresUnderTest(PostgresBinaries.find().newest());
    }

    public PostgresVersion version() {
        return version;
    }

    /** The shared node, started at the first call. */
    public EmbeddedPostgres node() {
        return NODES.computeIfAbsent(version, missing -> EmbeddedPostgres.start(options()));
    }

    /** Options for a node of one's own of this version. */
    public PostgresOptions options() {
        return PostgresOptions.of(version).withoutFsync();
    }

    private static void closeAll() {
        List<EmbeddedPostgres> nodes = new ArrayList<>(NODES.values());
        NODES.clear();
        nodes.forEach(EmbeddedPostgres::close);
    }

    @Override
    public String toString() {
        return "Postgres " + version;
    }
}
