package io.pgorchestra.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the figures were measured on. */
record Machine(String processor, int processors, double memoryGigabytes, String system) {

    private static final double KILOBYTES_PER_GIGABYTE = 1024 * 1024;

    static Machine current() {
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        int processors = Runtime.getRuntime().availableProcessors();
        String memory = field(Path.of("/proc/meminfo"), "MemTotal").replace(" kB", "");
        double gigabytes = memory.isEmpty() ? 0 : Long.parseLong(memory) / KILOBYTES_PER_GIGABYTE;
        return new Machine(field(Path.of("/proc/cpuinfo"), "model name"), processors, gigabytes, kernel);
    }

    private static String field(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** How many processes wanted a processor in the last minute: what else the machine had to do, when asked before any load. */
    static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    String describe() {
        String name = processor.isEmpty() ? System.getProperty("os.arch") : processor;
        return String.format(Locale.ROOT, "%d x %s, %.0f GB of memory, %s", processors, name, memoryGigabytes, system);
    }
}
