package io.pgorchestra.proxy.config;

import io.pgorchestra.discovery.Node;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of value that settings have. */
final class SettingTypes {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,15}(?:\\.\\d{0,9})?)\\s*(us|ms|s|min|h|d)?");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})\\s*(B|kB|MB|GB)?");
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);

    /** A century: longer waits are for ever in all but name, and nanoseconds would overflow at 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final Map<String, Long> NANOS_PER_UNIT = Map.of(
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "min", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);
    private static final Map<String, Integer> BYTE_SHIFTS = Map.of("B", 0, "kB", 10, "MB", 20, "GB", 30);

    private SettingTypes() {}

    static SettingType<Integer> wholeNumber(int min) {
        return wholeNumber(min, Integer.MAX_VALUE);
    }

    static SettingType<Integer> wholeNumber(int min, int max) {
        String expected = "a whole number " + (max == Integer.MAX_VALUE ? ">= " + min : "from " + min + " to " + max);
        return sameEverywhere(expected, text -> parseWholeNumber(text, min, max), String::valueOf);
    }

    private static @Nullable Integer parseWholeNumber(String text, int min, int max) {
        if (!text.matches("\\d{1,10}")) {
            return null;
        }
        long value = Long.parseLong(text);
        return value >= min && value <= max ? (Integer) (int) value : null;
    }

    /** Bytes, with Postgres's units. */
    static SettingType<Integer> size(int minBytes) {
        String expected = "bytes, or a size such as 64kB or 1MB, from " + minBytes + " to " + Integer.MAX_VALUE;
        return sameEverywhere(expected, text -> parseSize(text, minBytes), String::valueOf);
    }

    private static @Nullable Integer parseSize(String text, int minBytes) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        long bytes = Long.parseLong(matcher.group(1)) << BYTE_SHIFTS.getOrDefault(unit, 0);
        return bytes >= minBytes && bytes <= Integer.MAX_VALUE ? (Integer) (int) bytes : null;
    }

    static SettingType<Boolean> flag() {
        Function<Boolean, String> consoleText = value -> value ? "1" : "0";
        Function<Boolean, String> fileText = value -> value ? "on" : "off";
        return new SettingType<>("on or off", SettingTypes::parseFlag, consoleText, fileText, Map.of());
    }

    private static @Nullable Boolean parseFlag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "yes", "on", "true" -> Boolean.TRUE;
            case "0", "no", "off", "false" -> Boolean.FALSE;
            default -> null;
        };
    }

    /** A time whose plain number is in seconds, as nearly all of PgBouncer's are. */
    static SettingType<Duration> duration() {
        return new SettingType<>(
                "seconds, or a time such as 5ms, 120s, 2min or 1h",
                text -> parseDuration(text, "s"),
                SettingTypes::seconds,
                SettingTypes::withUnit,
                Map.of());
    }

    /** A time whose plain number is in milliseconds, as {@code tcp_user_timeout} is. */
    static SettingType<Duration> milliseconds() {
        return new SettingType<>(
                "milliseconds, or a time such as 5ms or 2s",
                text -> parseDuration(text, "ms"),
                value -> String.valueOf(value.toMillis()),
                SettingTypes::withUnit,
                Map.of());
    }

    private static @Nullable Duration parseDuration(String text, String defaultUnit) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String unit = matcher.group(2) == null ? defaultUnit : matcher.group(2);
        BigDecimal nanos =
                new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(NANOS_PER_UNIT.getOrDefault(unit, 0L)));
        if (nanos.compareTo(BigDecimal.valueOf(LONGEST.toSeconds()).multiply(NANOS_PER_SECOND)) > 0) {
            return null;
        }
        // PgBouncer counts in microseconds; finer than that nothing is kept, so that what is printed reads back equal.
        return Duration.ofNanos(
                nanos.divide(BigDecimal.valueOf(1_000), 0, RoundingMode.HALF_UP).longValueExact() * 1_000);
    }

    private static String seconds(Duration value) {
        return new BigDecimal(value.toNanos())
                .divide(NANOS_PER_SECOND)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String withUnit(Duration value) {
        long micros = value.toNanos() / 1_000;
        if (micros % 1_000_000 == 0) {
            return micros / 1_000_000 + "s";
        }
        return micros % 1_000 == 0 ? micros / 1_000 + "ms" : micros + "us";
    }

    static SettingType<String> text() {
        return sameEverywhere("text", text -> text.indexOf('\0') < 0 ? text : null, Function.identity());
    }

    /** Names separated by commas; none is allowed. */
    static SettingType<List<String>> names() {
        return sameEverywhere("names separated by commas", SettingTypes::split, names -> String.join(", ", names));
    }

    static List<String> split(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Nodes of a cluster, by address or by name and address; none is allowed, and no name twice. */
    static SettingType<List<Node>> nodes() {
        return sameEverywhere(
                "HOST:PORT or NAME=HOST:PORT, each once",
                SettingTypes::parseNodes,
                nodes -> nodes.stream().map(SettingTypes::text).collect(Collectors.joining(", ")));
    }

    private static @Nullable List<Node> parseNodes(String text) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        for (String part : split(text)) {
            int equals = part.indexOf('=');
            HostPort address = HostPort.parse(part.substring(equals + 1));
            if (equals == 0
                    || address == null
                    || address.port() == 0
                    || address.host().equals("*")) {
                return null;
            }
            Node node =
                    equals < 0 ? address.node() : new Node(part.substring(0, equals), address.host(), address.port());
            if (nodes.put(node.name(), node) != null) {
                return null;
            }
        }
        return List.copyOf(nodes.values());
    }

    private static String text(Node node) {
        String address = HostPort.of(node).toString();
        return node.name().equals(address) ? address : node.name() + "=" + address;
    }

    /** Where to listen; {@code off} where nothing has to. */
    static SettingType<List<HostPort>> addresses(boolean mayBeOff) {
        String expected = "HOST:PORT, or several separated by commas" + (mayBeOff ? ", or off" : "");
        Function<List<HostPort>, String> consoleText =
                value -> value.stream().map(HostPort::toString).collect(Collectors.joining(", "));
        return new SettingType<>(
                expected,
                text -> parseAddresses(text, mayBeOff),
                consoleText,
                value -> value.isEmpty() ? "off" : consoleText.apply(value),
                Map.of());
    }

    private static @Nullable List<HostPort> parseAddresses(String text, boolean mayBeOff) {
        if (text.isEmpty() || text.equals("off")) {
            return mayBeOff ? List.of() : null;
        }
        List<HostPort> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            HostPort address = HostPort.parse(part.strip());
            if (address == null) {
                return null;
            }
            addresses.add(address);
        }
        return List.copyOf(addresses);
    }

    /** A constant of an enum, spelt in lower case with the given word separator. */
    static <E extends Enum<E>> SettingType<E> constant(Class<E> type, char separator, Map<String, String> unsupported) {
        Map<String, E> constants = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            constants.put(constant.name().toLowerCase(Locale.ROOT).replace('_', separator), constant);
        }
        Function<E, String> spelling =
                value -> value.name().toLowerCase(Locale.ROOT).replace('_', separator);
        return new SettingType<>(
                oneOf(constants.keySet().toArray(String[]::new)), constants::get, spelling, spelling, unsupported);
    }

    /** One word of a few. */
    static SettingType<String> word(Map<String, String> unsupported, String... words) {
        List<String> allowed = List.of(words);
        return new SettingType<>(
                oneOf(words),
                text -> allowed.contains(text) ? text : null,
                Function.identity(),
                Function.identity(),
                unsupported);
    }

    private static String oneOf(String... words) {
        int last = words.length - 1;
        return last == 0 ? words[0] : String.join(", ", Arrays.copyOf(words, last)) + " or " + words[last];
    }

    private static <T> SettingType<T> sameEverywhere(
            String expected, SettingType.Parser<T> parser, Function<T, String> text) {
        return new SettingType<>(expected, parser, text, text, Map.of());
    }
}
