package io.pgorchestra.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rules that the packages keep among themselves. */
class ArchitectureTest {

    private static final String PROXY = "io.pgorchestra.proxy";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(PROXY);

    /** The top package puts everything together, and is in no slice: only cli, which starts it, may look up to it. */
    @Test
    void packages_amongThemselves_haveNoCycle() {
        slices().matching(PROXY + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void topPackage_isUsedByTheCommandLineOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(PROXY, PROXY + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(PROXY)
                .check(CLASSES);
    }

    @Test
    void channels_areTouchedByNetClientAndServerOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(PROXY, PROXY + ".net..", PROXY + ".client..", PROXY + ".server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "io.netty.handler..")
                .check(CLASSES);
    }

    @Test
    void session_knowsNeitherNettyNorAnyOtherPackageOfTheProxy() {
        noClasses()
                .that()
                .resideInAPackage(PROXY + ".session..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..",
                        PROXY,
                        PROXY + ".client..",
                        PROXY + ".server..",
                        PROXY + ".net..",
                        PROXY + ".admin..",
                        PROXY + ".config..",
                        PROXY + ".metrics..",
                        PROXY + ".statement..",
                        PROXY + ".failure..")
                .check(CLASSES);
    }

    /** The top package only holds the connection: FunctionWatch. */
    @Test
    void jdbc_isSeenByCatalogAndTheTopPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(PROXY, PROXY + ".catalog..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void micrometer_isSeenByMetricsOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(PROXY + ".metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.prometheus..")
                .check(CLASSES);
    }

    @Test
    void caffeine_isSeenByStatementOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(PROXY + ".statement..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.github.benmanes.caffeine..")
                .check(CLASSES);
    }

    @Test
    void sleep_isCalledNowhere() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
    }

    /** Durations are measured on the loop's clock; the wall clock is for what a person reads. */
    @Test
    void wallClock_isReadWhereListed() {
        // When a client came: SHOW CLIENTS shows it as a date.
        assertEquals(Set.of("io.pgorchestra.proxy.client.ClientSession"), callersOf("currentTimeMillis"));
    }

    @Test
    void synchronized_isUsedWhereListed() {
        Set<String> found = new TreeSet<>();
        CLASSES.forEach(type -> type.getMethods().forEach(method -> {
            if (method.getModifiers().contains(JavaModifier.SYNCHRONIZED)) {
                found.add(method.getFullName().replaceAll("\\(.*", ""));
            }
        }));

        // A scrape, on a thread of its own.
        assertEquals(Set.of("io.pgorchestra.proxy.metrics.ProxyMetrics.render"), found);
    }

    private static Set<String> callersOf(String systemMethod) {
        Set<String> callers = new TreeSet<>();
        CLASSES.forEach(type -> type.getMethodCallsFromSelf().forEach(call -> {
            if (call.getTargetOwner().isEquivalentTo(System.class)
                    && call.getTarget().getName().equals(systemMethod)) {
                callers.add(type.getName());
            }
        }));
        return callers;
    }
}
