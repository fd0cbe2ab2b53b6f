package io.pgorchestra.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Notes what it is asked to do; the test answers. Servers are strings. */
final class RecordingConnector implements Connector<String> {

    final List<Slot<String>> opening = new ArrayList<>();
    final List<Slot<String>> resetting = new ArrayList<>();
    final List<Slot<String>> checking = new ArrayList<>();
    final List<Slot<String>> closed = new ArrayList<>();
    final List<CloseReason> closeReasons = new ArrayList<>();

    /** What else it does when opening. */
    Consumer<Slot<String>> whenOpening = slot -> {};

    @Override
    public void open(Slot<String> slot) {
        opening.add(slot);
        whenOpening.accept(slot);
    }

    @Override
    public void reset(Slot<String> slot) {
        resetting.add(slot);
    }

    @Override
    public void check(Slot<String> slot) {
        checking.add(slot);
    }

    @Override
    public void close(Slot<String> slot, CloseReason reason) {
        closed.add(slot);
        closeReasons.add(reason);
    }
}
