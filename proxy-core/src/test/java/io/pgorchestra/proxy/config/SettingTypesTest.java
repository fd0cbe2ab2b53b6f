package io.pgorchestra.proxy.config;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTypesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0s", "120, 120, 120s", "120s, 120, 120s", "5ms, 0.005, 5ms", "2min, 120, 120s", "1h, 3600, 3600s",
        "1d, 86400, 86400s", "0.5, 0.5, 500ms", "1.5h, 5400, 5400s", "7us, 0.000007, 7us", "3., 3, 3s", "2 s, 2, 2s"
    })
    void duration_parsed_isWrittenAsConsoleAndFileSpellIt(String text, String consoleText, String fileText) {
        SettingType<Duration> type = SettingTypes.duration();
        Duration value = requireNonNull(type.parse(text));
        assertEquals(consoleText, type.consoleTextOf(value));
        assertEquals(fileText, type.fileTextOf(value));
        assertEquals(value, type.parse(consoleText));
        assertEquals(value, type.parse(fileText));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "5m", "5 minutes", "1e3", "five", "s", "99999999999999", "36526d", "0x10", "5MS"})
    void duration_thatIsNone_isRefused(String text) {
        assertNull(SettingTypes.duration().parse(text));
    }

    @Test
    void milliseconds_withoutUnit_areMilliseconds() {
        assertEquals(Duration.ofMillis(250), SettingTypes.milliseconds().parse("250"));
        assertEquals(Duration.ofSeconds(2), SettingTypes.milliseconds().parse("2s"));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "0,0", "yes,1", "NO,0", "on,1", "Off,0", "true,1", "false,0"})
    void flag_inAnySpelling_isRead(String text, String consoleText) {
        assertEquals(
                consoleText,
                SettingTypes.flag()
                        .consoleTextOf(requireNonNull(SettingTypes.flag().parse(text))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "y", "enabled"})
    void flag_thatIsNone_isRefused(String text) {
        assertNull(SettingTypes.flag().parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1.0", "2147483648", "99999999999", "1 000", "4"})
    void wholeNumber_outsideItsRange_isRefused(String text) {
        assertNull(SettingTypes.wholeNumber(5).parse(text));
    }

    @Test
    void size_withUnit_isBytes() {
        assertEquals(65_536, SettingTypes.size(1).parse("64kB"));
        assertEquals(Integer.MAX_VALUE, SettingTypes.size(1).parse("2147483647"));
        assertNull(SettingTypes.size(1).parse("2GB"));
        assertNull(SettingTypes.size(1024).parse("1023"));
        assertNull(SettingTypes.size(1).parse("64KB"));
    }

    @Test
    void addresses_ofEveryForm_areRead() {
        assertEquals(
                List.of(new HostPort("*", 6432), new HostPort("::1", 6433), new HostPort("db.example", 0)),
                SettingTypes.addresses(false).parse("*:6432, [::1]:6433,db.example:0"));
        assertEquals(List.of(), SettingTypes.addresses(true).parse("off"));
        assertNull(SettingTypes.addresses(false).parse("off"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"6432", ":6432", "::1:6432", "host:", "host:65536", "host:-1", "a b:1", "[]:1", "/tmp:1", "a:1,"
            })
    void addresses_thatAreNone_areRefused(String text) {
        assertNull(SettingTypes.addresses(false).parse(text));
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void everyDefault_written_isReadBackEqual(Setting setting) {
        for (Setting.Dialect dialect : Setting.Dialect.values()) {
            Object value = setting.defaultValue(dialect);
            assertEquals(value, setting.type().parse(setting.type().fileTextOf(value)), setting::settingName);
        }
    }
}
