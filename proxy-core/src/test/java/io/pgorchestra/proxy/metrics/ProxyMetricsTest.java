package io.pgorchestra.proxy.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.proxy.admin.FakeAdminTarget;
import io.pgorchestra.proxy.admin.ProxyState;
import io.pgorchestra.proxy.admin.Readiness;
import io.pgorchestra.proxy.admin.TrafficTotals;
import io.pgorchestra.proxy.net.HttpServer.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyMetricsTest {
    private final FakeAdminTarget target = new FakeAdminTarget();
    private final ProxyMetrics metrics = new ProxyMetrics(target);
    private final HttpEndpoint endpoint = new HttpEndpoint(target, metrics);

    @AfterEach
    void close() {
        metrics.close();
    }

    private List<String> scrape() {
        return metrics.scrape().toCompletableFuture().join().lines().toList();
    }

    private Answer get(String path) {
        return endpoint.answer(path).toCompletableFuture().join();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orchestra_up 1.0",
                "orchestra_ready 1.0",
                "orchestra_paused 0.0",
                "orchestra_pool_clients{database=\"app\",state=\"waiting\",user=\"web\"} 2.0",
                "orchestra_pool_servers{database=\"app\",state=\"idle\",user=\"web\"} 8.0",
                "orchestra_pool_max_wait_seconds{database=\"app\",user=\"web\"} 2.000003",
                "orchestra_database_max_servers{database=\"app\"} 100.0",
                "orchestra_database_disabled{database=\"app\"} 1.0",
                "orchestra_clients_used 4.0",
                "orchestra_clients_free 97.0",
                "orchestra_transactions_total{database=\"app\"} 2.0",
                "orchestra_queries_total{database=\"app\"} 3.0",
                "orchestra_received_bytes_total{database=\"app\"} 4.0",
                "orchestra_wait_time_seconds_total{database=\"app\"} 8.0E-6",
                "orchestra_events_total{database=\"app\",event=\"client_closed\",reason=\"idle_timeout\"} 3.0"
            })
    void scrape_snapshot_hasItsSeries(String series) {
        List<String> lines = scrape();

        assertTrue(lines.contains(series), () -> String.join("\n", lines));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jvm_memory_used_bytes{", "jvm_threads_live_threads ", "process_uptime_seconds "})
    void scrape_jvm_isIncluded(String start) {
        List<String> lines = scrape();

        assertTrue(lines.stream().anyMatch(line -> line.startsWith(start)), () -> String.join("\n", lines));
    }

    @Test
    void scrape_again_followsTheProxy() {
        scrape();
        target.totals = new TrafficTotals(0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        target.state = ProxyState.PAUSED;

        List<String> lines = scrape();

        assertTrue(lines.contains("orchestra_transactions_total{database=\"app\"} 50.0"));
        assertTrue(lines.contains("orchestra_paused 1.0"));
    }

    @Test
    void scrape_databaseThatIsGone_leavesNoSeries() {
        scrape();
        target.databases = List.of("shop");
        target.events = List.of();

        List<String> lines = scrape();

        assertFalse(lines.stream().anyMatch(line -> line.contains("database=\"app\"")), () -> String.join("\n", lines));
        assertTrue(lines.contains("orchestra_transactions_total{database=\"shop\"} 2.0"));
    }

    @Test
    void answer_metrics_isPrometheusText() {
        Answer answer = get("/metrics");

        assertEquals(200, answer.status());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.contentType());
        assertTrue(answer.body().contains("# TYPE orchestra_transactions_total counter"), answer::body);
    }

    @Test
    void answer_readiness_followsTheProxyAndGivesTheReason() {
        assertEquals(new Answer(200, "text/plain; charset=utf-8", "ready\n"), get("/readyz"));

        target.readiness = Readiness.notReady("shutting down");

        assertEquals(new Answer(503, "text/plain; charset=utf-8", "shutting down\n"), get("/readyz"));
        assertEquals(200, get("/healthz").status());
    }

    @Test
    void answer_root_listsEveryEndpoint() {
        Answer answer = get("/");

        assertEquals("text/html; charset=utf-8", answer.contentType());
        for (String path : List.of("/metrics", "/healthz", "/readyz")) {
            assertTrue(answer.body().contains("href=\"" + path + "\""), path);
        }
    }

    @Test
    void answer_anythingElse_is404() {
        assertEquals(404, get("/metrics/").status());
        assertEquals(404, get("/../etc/passwd").status());
    }
}
