package io.pgorchestra.discovery.zookeeper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads the children of a znode with their content, mostly in one round trip: those of the last time are asked for together with the names.
 * One reading at a time.
 */
final class ChildrenReader {

    private final String path;
    private volatile Set<String> lastNames = Set.of();

    ChildrenReader(String path) {
        this.path = path;
    }

    /** By name, in the order of the names. All requests are sent behind those that the pipeline was given before. */
    CompletableFuture<Map<String, Pipeline.Znode>> read(Pipeline pipeline) {
        CompletableFuture<List<String>> names = pipeline.children(path);
        Map<String, CompletableFuture<Pipeline.@Nullable Znode>> guesses = new LinkedHashMap<>();
        for (String name : lastNames) {
            guesses.put(name, pipeline.read(path + "/" + name));
        }
        return names.thenCombine(Futures.all(guesses.values()), (present, done) -> present)
                .thenCompose(present -> complete(pipeline, present, guesses));
    }

    private CompletableFuture<Map<String, Pipeline.Znode>> complete(
            Pipeline pipeline, List<String> names, Map<String, CompletableFuture<Pipeline.@Nullable Znode>> guesses) {
        lastNames = Set.copyOf(names);
        List<String> sorted = new ArrayList<>(names);
        sorted.sort(null);
        Map<String, CompletableFuture<Pipeline.@Nullable Znode>> reads = new LinkedHashMap<>();
        for (String name : sorted) {
            CompletableFuture<Pipeline.@Nullable Znode> guess = guesses.get(name);
            // A guess that was wrong may have come back between the two requests.
            boolean known = guess != null && guess.join() != null;
            reads.put(name, known && guess != null ? guess : pipeline.read(path + "/" + name));
        }
        return Futures.all(reads.values()).thenApply(done -> {
            Map<String, Pipeline.Znode> found = new LinkedHashMap<>();
            reads.forEach((name, read) -> {
                Pipeline.Znode znode = read.join();
                if (znode != null) {
                    found.put(name, znode);
                }
            });
            return found;
        });
    }
}
