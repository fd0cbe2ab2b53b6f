package io.pgorchestra.proxy.metrics;

import io.pgorchestra.proxy.admin.AdminTarget;
import io.pgorchestra.proxy.admin.Readiness;
import io.pgorchestra.proxy.net.HttpServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the HTTP port answers: metrics, health checks, and a page that names them. */
public final class HttpEndpoint implements HttpServer.Handler {
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    /** Prometheus' text format. */
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int SERVICE_UNAVAILABLE = 503;

    private static final String OVERVIEW = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Orchestra</title></head>
            <body>
            <h1>Orchestra</h1>
            <ul>
            <li><a href="/metrics">/metrics</a>: metrics for Prometheus</li>
            <li><a href="/healthz">/healthz</a>: 200 while the process lives</li>
            <li><a href="/readyz">/readyz</a>: 200 while new clients are welcome, else 503 and the reason</li>
            </ul>
            </body>
            </html>
            """;

    private final AdminTarget target;
    private final ProxyMetrics metrics;

    public HttpEndpoint(AdminTarget target, ProxyMetrics metrics) {
        this.target = target;
        this.metrics = metrics;
    }

    @Override
    public CompletionStage<HttpServer.Answer> answer(String path) {
        return switch (path) {
            case "/metrics" -> metrics.scrape().thenApply(text -> new HttpServer.Answer(OK, METRICS, text));
            case "/healthz" -> answered(OK, PLAIN, "ok\n");
            case "/readyz" -> readiness(target.readiness());
            case "/" -> answered(OK, HTML, OVERVIEW);
            default -> answered(NOT_FOUND, PLAIN, "not found; / lists what there is\n");
        };
    }

    private static CompletionStage<HttpServer.Answer> readiness(Readiness readiness) {
        return answered(readiness.ready() ? OK : SERVICE_UNAVAILABLE, PLAIN, readiness.reason() + "\n");
    }

    private static CompletionStage<HttpServer.Answer> answered(int status, String contentType, String body) {
        return CompletableFuture.completedFuture(new HttpServer.Answer(status, contentType, body));
    }
}
