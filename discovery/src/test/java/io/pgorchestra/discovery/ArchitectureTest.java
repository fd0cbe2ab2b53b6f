package io.pgorchestra.discovery;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules that the packages keep among themselves. */
class ArchitectureTest {

    private static final String DISCOVERY = "io.pgorchestra.discovery";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(DISCOVERY);

    /** A cluster of static nodes starts without them, and so in time. */
    @Test
    void zookeeperCuratorAndJackson_areSeenByZookeeperOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(DISCOVERY + ".zookeeper..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.zookeeper..",
                        "org.apache.curator..",
                        "com.fasterxml.jackson..",
                        DISCOVERY + ".zookeeper..")
                .check(CLASSES);
    }

    @Test
    void jdbc_isSeenBySqlOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(DISCOVERY + ".sql..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void packages_amongThemselves_haveNoCycle() {
        slices().matching(DISCOVERY + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void contracts_knowNobodyWhoKeepsThem() {
        noClasses()
                .that()
                .resideInAPackage(DISCOVERY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        DISCOVERY + ".conductor..",
                        DISCOVERY + ".fencing..",
                        DISCOVERY + ".sql..",
                        DISCOVERY + ".zookeeper..")
                .check(CLASSES);
    }

    @Test
    void sleep_isCalledNowhere() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
    }
}
