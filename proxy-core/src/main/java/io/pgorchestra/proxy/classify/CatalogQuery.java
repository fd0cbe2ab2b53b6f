package io.pgorchestra.proxy.classify;

/** What is asked of a database's catalog, as any role may ask it. */
public final class CatalogQuery {

    /**
     * Rows for {@link CatalogRows}: kind, oid, schema, name, word, target. For every release from 13 on.
     *
     * <p>An aggregate is called immutable by the catalog whatever its transition function is, so it is as bad as the functions it is made of.
     * The trees of views, policies, domain checks and defaults of arguments name functions by number; the names of these fields have been the
     * same in all releases. A view may also lock its rows.
     */
    public static final String LOAD = """
            WITH trees AS (
                SELECT 'R' AS kind, c.oid, r.ev_action::text AS tree
                  FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
                 WHERE c.relkind = 'v' AND r.ev_type = '1'
                UNION ALL
                SELECT 'R', polrelid, polqual::text FROM pg_catalog.pg_policy WHERE polcmd IN ('r', '*') AND polqual IS NOT NULL
                UNION ALL
                SELECT 'T', contypid, conbin::text FROM pg_catalog.pg_constraint WHERE contypid <> 0 AND conbin IS NOT NULL
                UNION ALL
                SELECT 'F', oid, proargdefaults::text FROM pg_catalog.pg_proc WHERE proargdefaults IS NOT NULL
            ), fields AS (
                SELECT DISTINCT t.kind, t.oid, f.field[1] AS field, f.field[2]::bigint AS target
                  FROM trees t, pg_catalog.regexp_matches(
                        t.tree, ':(funcid|opfuncid|aggfnoid|winfnoid|opno|relid|resulttype) ([1-9][0-9]*)', 'g') AS f(field)
            ), children AS (
                SELECT i.inhparent, i.inhrelid
                  FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
                 WHERE c.relkind IN ('f', 'p') OR c.relpersistence = 'u' OR c.relhassubclass
            )
            SELECT 'F' AS kind, p.oid::bigint AS oid, n.nspname::text AS schema, p.proname::text AS name,
                   CASE WHEN p.provolatile = 'v' OR v.parts = 'v' THEN 'v'
                        WHEN p.provolatile = 's' OR v.parts = 's' THEN 's'
                        ELSE 'i' END
                   || CASE WHEN p.pronargs > 0 AND p.pronargs - p.pronargdefaults <= 1 AND t.typtype IN ('c', 'd', 'p')
                        THEN 'r' ELSE '' END AS word,
                   0::bigint AS target
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
              LEFT JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0]
              LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
              LEFT JOIN LATERAL (
                   SELECT pg_catalog.max(q.provolatile::text) AS parts
                     FROM pg_catalog.pg_proc q
                    WHERE q.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
                                    a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)) v ON a.aggfnoid IS NOT NULL
            UNION ALL
            SELECT 'O', o.oid::bigint, n.nspname, o.oprname, '', o.oprcode::oid::bigint
              FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
            UNION ALL
            SELECT 'R', c.oid::bigint, n.nspname, c.relname,
                   CASE WHEN c.relkind IN ('S', 'f') OR (c.relkind <> 'v' AND c.relpersistence = 'u') THEN c.relkind::text ELSE '' END,
                   0
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relpersistence <> 't'
               AND (c.relkind IN ('S', 'f', 'v') OR (c.relpersistence = 'u' AND c.relkind IN ('r', 'm', 'p')) OR c.relrowsecurity
                    OR c.oid IN (SELECT inhparent FROM children))
            UNION ALL
            SELECT 'R', c.oid::bigint, n.nspname, c.relname, 'v', 0
              FROM trees t JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE t.kind = 'R' AND t.tree LIKE '%:hasForUpdate true%'
            UNION ALL
            SELECT 'T', t.oid::bigint, n.nspname, t.typname, '', 0
              FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
             WHERE t.typtype NOT IN ('c', 'p') OR t.oid IN (SELECT casttarget FROM pg_catalog.pg_cast)
            UNION ALL
            SELECT 'N', f.oid::bigint,
                   CASE f.field WHEN 'opno' THEN 'O' WHEN 'relid' THEN 'R' WHEN 'resulttype' THEN 'T' ELSE 'F' END,
                   f.kind, '', f.target
              FROM fields f
            UNION ALL
            SELECT 'N', inhparent::bigint, 'R', 'R', '', inhrelid::bigint FROM children
            UNION ALL
            SELECT 'N', casttarget::bigint, 'F', 'T', '', castfunc::bigint FROM pg_catalog.pg_cast WHERE castfunc <> 0
            UNION ALL
            SELECT 'N', oid::bigint, 'F', 'T', '', typinput::oid::bigint
              FROM pg_catalog.pg_type WHERE typtype IN ('b', 'r', 'm', 'e')
            UNION ALL
            SELECT 'N', oid::bigint, 'T', 'T', '', typbasetype::bigint FROM pg_catalog.pg_type WHERE typtype = 'd'
            """;

    /**
     * One text that is another one when any answer of {@link #LOAD} may be: it adds up who wrote the rows. A few milliseconds, mostly for
     * {@code pg_class}.
     */
    public static final String MARK = """
            SELECT pg_catalog.concat_ws('/',
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint) FROM pg_catalog.pg_proc),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint) FROM pg_catalog.pg_namespace),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint) FROM pg_catalog.pg_operator),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint) FROM pg_catalog.pg_cast),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint) FROM pg_catalog.pg_rewrite),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint) FROM pg_catalog.pg_policy),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint)
                   FROM pg_catalog.pg_constraint WHERE contypid <> 0),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint)
                   FROM pg_catalog.pg_type WHERE typtype NOT IN ('c', 'p')),
                (SELECT pg_catalog.sum((oid::bigint % 999983 + 1) * xmin::text::bigint)
                   FROM pg_catalog.pg_class
                  WHERE relpersistence <> 't'
                    AND (relkind IN ('S', 'f', 'v', 'p') OR relpersistence = 'u' OR relrowsecurity OR relhassubclass)))
            """;

    private CatalogQuery() {}
}
