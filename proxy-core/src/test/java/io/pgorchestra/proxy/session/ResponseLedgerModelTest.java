package io.pgorchestra.proxy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.protocol.frame.BackendTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random pipelines, with errors anywhere, against a naive backend: whatever the pace at which replies come, the client must see what
 * it would see from a server that does everything itself. {@code -Dseed=} replays.
 */
class ResponseLedgerModelTest {

    private static final int PIPELINES = 20_000;

    private static final List<Reply> REQUESTS = List.of(
            Reply.PARSE,
            Reply.BIND,
            Reply.DESCRIBE,
            Reply.EXECUTE,
            Reply.CLOSE,
            Reply.SYNC,
            Reply.QUERY,
            Reply.FUNCTION_CALL);

    @Test
    void replies_ofRandomPipelines_matchNaiveBackend() {
        long seed = Long.getLong("seed", System.nanoTime());
        for (long pipelineSeed = seed; pipelineSeed < seed + PIPELINES; pipelineSeed++) {
            Random random = new Random(pipelineSeed);
            List<Request> requests = randomPipeline(random, random.nextInt(1, 40));
            assertMatches(requests, random, pipelineSeed);
        }
    }

    @Test
    void replies_withOneErrorAtEveryPosition_matchNaiveBackend() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<Request> sound = randomPipeline(random, 20);
            for (int failing = 0; failing < sound.size(); failing++) {
                List<Request> requests = new ArrayList<>();
                for (Request request : sound) {
                    requests.add(request.failing(requests.size() == failing));
                }
                assertMatches(requests, random, seed);
            }
        }
    }

    private static void assertMatches(List<Request> requests, Random random, long seed) {
        NaiveBackend whole = new NaiveBackend();
        requests.forEach(whole::take);

        ResponseLedger ledger = new ResponseLedger();
        NaiveBackend server = new NaiveBackend();
        RecordedSink sink = new RecordedSink();
        List<Request> onTheWay = new ArrayList<>();
        int sent = 0;
        int answered = 0;
        while (sent < requests.size() || !onTheWay.isEmpty() || answered < server.frames.size()) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (sent < requests.size()) {
                        Request request = requests.get(sent);
                        sent++;
                        if (!ledger.push(request.reply, request.fate, request.note()) && request.note() != null) {
                            sink.told.add("undone " + request.reply + " " + request.note());
                        }
                        if (request.fate != Fate.SYNTHESIZE) {
                            onTheWay.add(request);
                        }
                    }
                }
                case 1 -> {
                    if (!onTheWay.isEmpty()) {
                        server.take(onTheWay.remove(0));
                    }
                }
                default -> {
                    if (answered < server.frames.size()) {
                        Frame frame = server.frames.get(answered);
                        answered++;
                        if (ledger.reply(frame.tag, sink) == Fate.FORWARD) {
                            sink.seen.add(BackendTag.nameOf(frame.tag));
                        }
                    }
                }
            }
            if (ledger.isEmpty() && !ledger.syncOwed()) {
                assertFalse(server.inTransaction, () -> "lent in a transaction, " + replay(seed, requests));
            }
        }
        ledger.synthesizeDue(sink);
        String replay = replay(seed, requests);
        assertEquals(whole.seen(), sink.seen, replay);
        assertEquals(
                whole.outcomes.stream().sorted().toList(),
                sink.told.stream()
                        .filter(told -> !told.startsWith("swallowed"))
                        .sorted()
                        .toList(),
                replay);
        assertTrue(ledger.isEmpty(), replay);
        assertFalse(ledger.syncOwed(), replay);
    }

    private static String replay(long seed, List<Request> requests) {
        return "-Dseed=" + seed + " " + requests;
    }

    private static List<Request> randomPipeline(Random random, int length) {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            boolean fails = random.nextInt(8) == 0;
            Reply reply = REQUESTS.get(random.nextInt(REQUESTS.size()));
            Fate fate = Fate.FORWARD;
            if (reply == Reply.PARSE || reply == Reply.CLOSE) {
                fate = Fate.of(random.nextInt(3));
            }
            boolean copies = (reply == Reply.EXECUTE || reply == Reply.QUERY) && random.nextInt(4) == 0;
            requests.add(new Request(i, reply, fate, fails && fate != Fate.SYNTHESIZE, copies));
            if (copies) {
                // As libpq does: the Sync of the Execute is eaten, the one behind the copy's end counts.
                for (int syncs = random.nextInt(3); syncs > 0; syncs--) {
                    requests.add(new Request(requests.size(), Reply.SYNC, Fate.FORWARD, false, false));
                }
                // Anything but an end is the death of a server that copies in the simple protocol.
                if (reply == Reply.QUERY || random.nextInt(4) > 0) {
                    requests.add(new Request(requests.size(), Reply.COPY_END, Fate.FORWARD, false, false));
                }
                i = requests.size() - 1;
            }
        }
        // A copy may be open: this ends it, whether well or with an error, and the Sync counts.
        requests.add(new Request(requests.size(), Reply.COPY_END, Fate.FORWARD, false, false));
        requests.add(new Request(requests.size(), Reply.SYNC, Fate.FORWARD, false, false));
        return requests;
    }

    private record Frame(byte tag, Fate fate) {}

    private record Request(int number, Reply reply, Fate fate, boolean fails, boolean copies) {

        private Request failing(boolean failing) {
            return new Request(
                    number, reply, fate, failing && fate != Fate.SYNTHESIZE && reply != Reply.COPY_END, copies);
        }

        private @Nullable String note() {
            return reply == Reply.PARSE || reply == Reply.CLOSE ? String.format("%03d", number) : null;
        }
    }

    /** Takes messages one by one, as PostgresMain does, and answers at once. */
    private static final class NaiveBackend {

        private final List<Frame> frames = new ArrayList<>();
        private final List<String> outcomes = new ArrayList<>();
        private boolean skipping;

        /** Of the kind that the first message of the extended protocol begins and a Sync ends. */
        private boolean inTransaction;

        private final List<Request> deferred = new ArrayList<>();
        private @Nullable Request copying;

        private void take(Request request) {
            Request copy = copying;
            if (copy != null) {
                duringCopy(copy, request);
                return;
            }
            if (skipping && request.reply != Reply.SYNC) {
                note("undone", request);
                return;
            }
            skipping = false;
            switch (request.reply) {
                case PARSE -> extended(request, BackendTag.PARSE_COMPLETE);
                case BIND -> extended(request, BackendTag.BIND_COMPLETE);
                case DESCRIBE -> extended(request, BackendTag.ROW_DESCRIPTION);
                case CLOSE -> extended(request, BackendTag.CLOSE_COMPLETE);
                case EXECUTE -> execute(request);
                case SYNC, FUNCTION_CALL -> simple(request);
                case QUERY -> query(request);
                case COPY_END -> {}
            }
        }

        private void duringCopy(Request copy, Request request) {
            if (request.fate == Fate.SYNTHESIZE) {
                // No server gets it: it waits for the end of the copy.
                deferred.add(request);
                return;
            }
            if (request.reply == Reply.SYNC) {
                return;
            }
            copying = null;
            if (copy.reply == Reply.QUERY) {
                simple(copy, copy.fails ? new byte[0] : new byte[] {BackendTag.COMMAND_COMPLETE});
            } else if (request.reply == Reply.COPY_END && !copy.fails) {
                frames.add(new Frame(BackendTag.COMMAND_COMPLETE, copy.fate));
            } else {
                note("undone", request);
                error();
            }
            deferred.forEach(this::take);
            deferred.clear();
        }

        private void extended(Request request, byte tag) {
            inTransaction |= request.fate != Fate.SYNTHESIZE;
            if (request.fails) {
                note("undone", request);
                error();
                return;
            }
            note("succeeded", request);
            frames.add(new Frame(tag, request.fate));
        }

        private void query(Request request) {
            if (request.copies) {
                copying = request;
                frames.add(new Frame(BackendTag.COPY_IN_RESPONSE, request.fate));
                return;
            }
            simple(request, BackendTag.ROW_DESCRIPTION, BackendTag.DATA_ROW, BackendTag.COMMAND_COMPLETE);
        }

        private void execute(Request request) {
            inTransaction = true;
            if (request.copies) {
                copying = request;
                frames.add(new Frame(BackendTag.COPY_IN_RESPONSE, request.fate));
                return;
            }
            frames.add(new Frame(BackendTag.DATA_ROW, request.fate));
            extended(request, BackendTag.COMMAND_COMPLETE);
        }

        private void simple(Request request, byte... tags) {
            for (byte tag : tags) {
                frames.add(new Frame(tag, request.fate));
            }
            if (request.fails) {
                frames.add(new Frame(BackendTag.ERROR_RESPONSE, request.fate));
            }
            inTransaction = false;
            frames.add(new Frame(BackendTag.READY_FOR_QUERY, request.fate));
        }

        private void error() {
            skipping = true;
            frames.add(new Frame(BackendTag.ERROR_RESPONSE, Fate.FORWARD));
        }

        private void note(String outcome, Request request) {
            if (request.note() != null) {
                outcomes.add(outcome + " " + request.reply + " " + request.note());
            }
        }

        /** What the client sees if this backend is asked everything. */
        private List<String> seen() {
            List<String> seen = new ArrayList<>();
            for (Frame frame : frames) {
                switch (frame.fate) {
                    case FORWARD -> seen.add(BackendTag.nameOf(frame.tag));
                    case SYNTHESIZE ->
                        seen.add((frame.tag == BackendTag.PARSE_COMPLETE ? "PARSE" : "CLOSE") + " synthesized");
                    case SWALLOW -> {}
                }
            }
            return seen;
        }
    }
}
