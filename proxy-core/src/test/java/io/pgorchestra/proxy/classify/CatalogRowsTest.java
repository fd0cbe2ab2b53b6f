package io.pgorchestra.proxy.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CatalogRowsTest {

    private final CatalogRows rows = new CatalogRows();

    @Test
    void functions_ofOverloads_areAsTheWorst() {
        rows.add("F", 1, "public", "f", "i", 0);
        rows.add("F", 2, "public", "f", "s", 0);
        rows.add("F", 3, "app", "f", "v", 0);
        Functions functions = rows.functions();

        assertEquals(FunctionClass.STABLE, functions.classOf("public.f"));
        assertEquals(FunctionClass.VOLATILE, functions.classOf("app.f"));
        assertEquals(FunctionClass.VOLATILE, functions.classOf("f"));
    }

    @Test
    void functions_ofTheSystem_areJudgedByNameToo() {
        rows.add("F", 1, "pg_catalog", "random", "v", 0);
        rows.add("F", 2, "app", "random_normal", "v", 0);
        rows.add("F", 3, "pg_catalog", "pg_backend_pid", "s", 0);
        Functions functions = rows.functions();

        assertEquals(FunctionClass.HARMLESS, functions.classOf("random"));
        assertEquals(FunctionClass.VOLATILE, functions.classOf("app.random_normal"));
        assertEquals(FunctionClass.PRIMARY, functions.classOf("pg_backend_pid"));
    }

    /** A view on a view on a function; and a loop, which ends. */
    @Test
    void functions_behindViews_makeThemThePrimarys() {
        rows.add("F", 7, "public", "draw", "v", 0);
        rows.add("R", 7, "public", "outer_view", "", 0);
        rows.add("R", 8, "public", "inner_view", "", 0);
        rows.add("R", 9, "public", "calm_view", "", 0);
        rows.add("N", 7, "R", "R", "", 8);
        rows.add("N", 8, "R", "R", "", 7);
        rows.add("N", 8, "F", "R", "", 7);
        rows.add("N", 9, "R", "R", "", 10);

        assertEquals("WRITE WRITE READ", kinds("outer_view", "inner_view", "calm_view"));
    }

    @Test
    void parents_ofUnloggedPartition_areThePrimarys() {
        rows.add("R", 1, "public", "parent", "", 0);
        rows.add("R", 2, "public", "child", "r", 0);
        rows.add("N", 1, "R", "R", "", 2);

        assertEquals("WRITE WRITE", kinds("parent", "child"));
    }

    @Test
    void operators_ofOthers_areVolatileWithTheirFunction() {
        rows.add("F", 1, "public", "draw", "v", 0);
        rows.add("O", 2, "public", "@+@", "", 1);
        rows.add("O", 3, "pg_catalog", "@-@", "", 1);
        Classifier classifier = new Classifier(rows.functions());

        assertEquals(
                "volatile_operator",
                TestTexts.classify(classifier, "SELECT 1 @+@ 2").reason());
        assertEquals("select", TestTexts.classify(classifier, "SELECT 1 @-@ 2").reason());
    }

    @Test
    void types_withVolatileChecks_areNotForAStandby() {
        rows.add("F", 1, "public", "draw", "v", 0);
        rows.add("T", 2, "public", "checked", "", 0);
        rows.add("T", 3, "public", "narrower", "", 0);
        rows.add("N", 2, "F", "T", "", 1);
        rows.add("N", 3, "T", "T", "", 2);

        assertEquals("WRITE WRITE", kinds("checked", "narrower"));
    }

    @Test
    void add_ofUnknownKind_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> rows.add("Z", 1, "", "", "", 0));
    }

    private String kinds(String... names) {
        Classifier classifier = new Classifier(rows.functions());
        StringBuilder kinds = new StringBuilder();
        for (String name : names) {
            kinds.append(kinds.isEmpty() ? "" : " ")
                    .append(TestTexts.classify(classifier, "SELECT * FROM t, " + name)
                            .kind());
        }
        return kinds.toString();
    }
}
