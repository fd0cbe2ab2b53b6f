package io.pgorchestra.proxy.config;

/**
 * A place in a file.
 *
 * @param line counted from 1; 0 is the file as a whole
 */
record Position(String file, int line) {
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
