package io.pgorchestra.proxy.admin;

import java.util.List;

/** The outcome of a command that was done. */
public record CommandResult(List<String> notices) {
    /** Done, with nothing to add. */
    public static final CommandResult DONE = new CommandResult(List.of());

    public CommandResult {
        notices = List.copyOf(notices);
    }
}
