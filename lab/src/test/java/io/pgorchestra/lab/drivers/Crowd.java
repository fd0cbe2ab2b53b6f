package io.pgorchestra.lab.drivers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that do the same thing at the same time, each in a thread of its own. */
final class Crowd {

    /** What one client does; {@code number} tells it from the others, from 0 on. */
    interface Member {
        void act(int number) throws Exception;
    }

    private Crowd() {}

    /** Lets all of them begin at once, and returns when the last is done; the first failure is thrown. */
    static void run(int members, Member member) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(members);
        try {
            CountDownLatch allThere = new CountDownLatch(members);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < members; i++) {
                int number = i;
                running.add(threads.submit(() -> {
                    allThere.countDown();
                    allThere.await();
                    member.act(number);
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("one of the crowd failed: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
