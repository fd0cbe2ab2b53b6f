package io.pgorchestra.proxy.config;

/**
 * Something about a configuration that is no error and that its owner should know.
 *
 * @param line counted from 1; 0 is the file as a whole
 */
public record ConfigNote(String file, int line, String text) {

    /** {@code FILE:LINE: TEXT}. */
    @Override
    public String toString() {
        return new Position(file, line) + ": " + text;
    }
}
