package io.pgorchestra.lab.classify;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.proxy.catalog.FunctionCatalog;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.Classification.Kind;
import io.pgorchestra.proxy.classify.Classifier;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;

/** A primary and a standby with what the corpus is about, and the classifier with that primary's catalog. */
final class CorpusCluster implements AutoCloseable {

    private final LabCluster cluster;
    private final Classifier classifier;

    CorpusCluster(PostgresUnderTest postgres) throws SQLException {
        cluster = LabCluster.start(new ClusterOptions(
                postgres.options().withSetting("autovacuum", "off").withSetting("fsync", "off"), 1));
        try {
            primary().ask(CorpusStatement.schema());
            cluster.awaitCaughtUp(standby());
            try (Connection connection = primary().connect()) {
                classifier = new Classifier(FunctionCatalog.load(connection));
            }
        } catch (SQLException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    LabNode primary() {
        return cluster.node("pg1");
    }

    LabNode standby() {
        return cluster.node("pg2");
    }

    int majorVersion() {
        return primary().server().version().major();
    }

    Classification classify(CorpusStatement statement) {
        return classify(statement.sql(), statement.standardConformingStrings());
    }

    Classification classify(String sql, boolean standardConformingStrings) {
        ByteBuf text = Unpooled.wrappedBuffer(sql.getBytes(StandardCharsets.UTF_8));
        return classifier.classify(text, 0, text.readableBytes(), standardConformingStrings);
    }

    boolean isRead(CorpusStatement statement) {
        return classify(statement).kind() == Kind.READ;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
