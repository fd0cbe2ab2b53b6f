package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.LongStream;

/** What the operating system has charged to a process, all its threads and its child processes: /proc of Linux. */
final class ProcessUsage {

    /** USER_HZ, in which /proc counts; 100 on every Linux of the machines that Orchestra runs on. See proc(5). */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_TIME_FIELD = 11;
    private static final int CHILDREN_SYSTEM_TIME_FIELD = 14;

    private ProcessUsage() {}

    /** CPU time so far in seconds, user and system. */
    static double cpuSeconds(ProcessHandle process) {
        return family(process).mapToDouble(pid -> cpuSeconds(read(pid, "stat"))).sum();
    }

    /**
     * CPU time in seconds in the text of a {@code stat} file: utime, stime, and those of children that have ended.
     * The name of the command, in parentheses, may hold blanks and parentheses itself.
     */
    static double cpuSeconds(String stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        int end = stat.lastIndexOf(") ");
        String[] fields =
                end < 0 ? new String[0] : stat.substring(end + 2).trim().split(" ", -1);
        if (fields.length <= CHILDREN_SYSTEM_TIME_FIELD) {
            throw new BenchException("Cannot read CPU time from: " + stat);
        }
        long ticks = 0;
        for (int field = USER_TIME_FIELD; field <= CHILDREN_SYSTEM_TIME_FIELD; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Memory in kB, each shared page divided by its number of users (PSS). */
    static double memoryKilobytes(ProcessHandle process) {
        return family(process)
                .mapToObj(pid -> read(pid, "smaps_rollup"))
                .filter(text -> !text.isEmpty())
                .mapToLong(text -> kilobytes(text, "Pss"))
                .sum();
    }

    /** The value of one line of a {@code smaps_rollup} file. */
    static long kilobytes(String rollup, String name) {
        for (String line : rollup.split("\n", -1)) {
            if (line.startsWith(name + ":") && line.endsWith(" kB")) {
                return Long.parseLong(line.substring(name.length() + 1, line.length() - " kB".length())
                        .trim());
            }
        }
        throw new BenchException(
                "Cannot read " + name + " from smaps_rollup; the kernel is too old, or this is not Linux.");
    }

    private static LongStream family(ProcessHandle process) {
        return LongStream.concat(
                LongStream.of(process.pid()), process.descendants().mapToLong(ProcessHandle::pid));
    }

    /** The text of a file below /proc/PID, or nothing when a process of the family has just ended. */
    private static String read(long pid, String name) {
        Path file = Path.of("/proc/" + pid + "/" + name);
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new BenchException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
