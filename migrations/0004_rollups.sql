-- oldest worker: 1
--
-- Integer sums kept beside the rows. At every committed moment, summed over shards, they equal a recomputation from
-- the rows, integer for integer: entente.rollup_differences() lists where they do not.
--
-- Each change of the rows is turned into one delta a cell by a statement-level trigger and added in key order, so
-- that two writers never wait for each other crosswise. A shard is what one writer at a time adds to; only the sum
-- over shards has a meaning.
--
-- Cells: label_index -1 is "no label". Every delta is also added to the cell (-2, -2), the whole analysis, so that a
-- dashboard need not add up every pair of classes.
--
-- The functions run with the rights of their owner: a worker changes roll-ups by changing rows and not otherwise.

CREATE TABLE entente.progress_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    shard smallint NOT NULL,
    expected bigint NOT NULL,
    done bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (analysis_id, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE entente.image_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    predicted_index integer NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    labelled bigint NOT NULL,
    hits_at_1 bigint NOT NULL,
    hits_at_5 bigint NOT NULL,
    PRIMARY KEY (analysis_id, label_index, predicted_index, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE entente.part_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    predicted_index integer NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    vision_concepts bigint NOT NULL,
    language_concepts bigint NOT NULL,
    mutual_concepts bigint NOT NULL,
    mi_released bigint NOT NULL,
    auc_released bigint NOT NULL,
    mi_membership bigint NOT NULL,
    auc_membership bigint NOT NULL,
    curves_longer bigint[] NOT NULL,
    curve_released bigint[] NOT NULL,
    curve_membership bigint[] NOT NULL,
    PRIMARY KEY (analysis_id, label_index, predicted_index, part_method, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN entente.part_rollups.curves_longer IS 'Element t + 1: how many curves have more than t points.';
COMMENT ON COLUMN entente.part_rollups.curve_released IS 'Element t + 1: sum of the curves'' points at step t.';

CREATE TABLE entente.concept_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    predicted_index integer NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    descriptor_index integer NOT NULL,
    shard smallint NOT NULL,
    vision_images bigint NOT NULL,
    mutual_images bigint NOT NULL,
    PRIMARY KEY (analysis_id, label_index, predicted_index, part_method, descriptor_index, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- Sums of curves of unlike length -------------------------------------------------------------------------------

-- The shorter one is padded with zeros. A sum beyond 64 bits is an error, as it is for every bigint.
CREATE FUNCTION entente.add_curves(a bigint[], b bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    longer bigint[] := a;
    shorter bigint[] := b;
BEGIN
    IF cardinality(b) > cardinality(a) THEN
        longer := b;
        shorter := a;
    END IF;
    FOR i IN 1..cardinality(shorter) LOOP
        longer[i] := longer[i] + shorter[i];
    END LOOP;
    RETURN longer;
END $$;

CREATE AGGREGATE entente.sum_curves(bigint[]) (
    SFUNC = entente.add_curves, STYPE = bigint[], INITCOND = '{}', COMBINEFUNC = entente.add_curves, PARALLEL = SAFE
);

CREATE FUNCTION entente.negated_curve(a bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(-x ORDER BY i), '{}') FROM unnest(a) WITH ORDINALITY AS t (x, i)
$$;

-- A deletion leaves zeros where the longest curve was.
CREATE FUNCTION entente.without_trailing_zeros(a bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT a[1:coalesce((SELECT max(i) FROM unnest(a) WITH ORDINALITY AS t (x, i) WHERE x <> 0), 0)::integer]
$$;

-- Deltas --------------------------------------------------------------------------------------------------------

-- One definition of each sum serves four places: the triggers for insert, delete and update, and the recomputation
-- that verifies them. `source` gives the changed rows with a sign: +1 for a row that came, -1 for one that went.

CREATE FUNCTION entente.progress_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        WITH changed AS (%s)
        SELECT analysis_id, shard, sum(expected)::bigint AS expected, sum(done)::bigint AS done,
            sum(failed)::bigint AS failed
        FROM (
            SELECT analysis_id, shard, sign AS expected, 0 AS done, 0 AS failed FROM changed
            UNION ALL
            SELECT analysis_id, state_shard, 0,
                CASE WHEN state = 'done' THEN sign ELSE 0 END, CASE WHEN state = 'failed' THEN sign ELSE 0 END
            FROM changed
        ) AS counts
        GROUP BY analysis_id, shard
        HAVING sum(expected) <> 0 OR sum(done) <> 0 OR sum(failed) <> 0
        ORDER BY analysis_id, shard
    $f$, source)
$$;

CREATE FUNCTION entente.image_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            shard, sum(sign)::bigint AS images,
            sum(CASE WHEN label >= 0 THEN sign ELSE 0 END)::bigint AS labelled,
            sum(CASE WHEN hit_at_1 THEN sign ELSE 0 END)::bigint AS hits_at_1,
            sum(CASE WHEN hit_at_5 THEN sign ELSE 0 END)::bigint AS hits_at_5
        FROM (
            SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed
        ) AS changed
        GROUP BY GROUPING SETS ((analysis_id, label, predicted_index, shard), (analysis_id, shard))
        ORDER BY 1, 2, 3, 4
    $f$, source)
$$;

CREATE FUNCTION entente.part_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            part_method, shard, sum(sign)::bigint AS images,
            sum(sign * vision_count::bigint)::bigint AS vision_concepts,
            sum(sign * language_count::bigint)::bigint AS language_concepts,
            sum(sign * overlap::bigint)::bigint AS mutual_concepts,
            sum(sign * mi_released)::bigint AS mi_released,
            sum(sign * auc_released)::bigint AS auc_released,
            sum(sign * mi_membership)::bigint AS mi_membership,
            sum(sign * auc_membership)::bigint AS auc_membership,
            entente.sum_curves(array_fill(sign::bigint, ARRAY[cardinality(curve_released)])) AS curves_longer,
            entente.sum_curves(CASE WHEN sign = 1 THEN curve_released
                ELSE entente.negated_curve(curve_released) END) AS curve_released,
            entente.sum_curves(CASE WHEN sign = 1 THEN curve_membership
                ELSE entente.negated_curve(curve_membership) END) AS curve_membership
        FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, predicted_index, part_method, shard), (analysis_id, part_method, shard))
        ORDER BY 1, 2, 3, 4, 5
    $f$, source)
$$;

CREATE FUNCTION entente.concept_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            part_method, descriptor_index, shard, sum(sign)::bigint AS vision_images,
            sum(CASE WHEN mutual THEN sign ELSE 0 END)::bigint AS mutual_images
        FROM (
            SELECT s.analysis_id, coalesce(s.label_index, -1) AS label, s.predicted_index, s.part_method,
                s.shard, s.sign, c.descriptor_index, c.mutual
            FROM (%s) AS s
            CROSS JOIN LATERAL unnest(s.vision_descriptors, s.vision_mutual) AS c (descriptor_index, mutual)
        ) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, predicted_index, part_method, descriptor_index, shard),
            (analysis_id, part_method, descriptor_index, shard))
        HAVING sum(sign) <> 0 OR sum(CASE WHEN mutual THEN sign ELSE 0 END) <> 0
        ORDER BY 1, 2, 3, 4, 5, 6
    $f$, source)
$$;

-- Where an image stands ------------------------------------------------------------------------------------------

-- An image is done when it has a result, else failed when it has a failure, else pending: so the three are disjoint
-- and add up to the expected, and a result wins over a failure whichever came first. The image's row is locked
-- before looking, because the other transaction's row may not be visible yet; the look itself is a statement of its
-- own, with a snapshot that sees what the lock waited for. Plans are kept for a session, which may begin when the
-- tables are nearly empty: hence no sequential scans.
DO $migration$
DECLARE
    event text;
    watched text;
    changed text;
    referencing text;
BEGIN
    FOR event, changed, referencing IN VALUES
        ('insert', 'SELECT analysis_id, image_id, shard FROM new_rows', 'NEW TABLE AS new_rows'),
        ('delete', 'SELECT analysis_id, image_id, shard FROM old_rows', 'OLD TABLE AS old_rows'),
        ('update', 'SELECT analysis_id, image_id, shard FROM new_rows UNION ALL '
            'SELECT analysis_id, image_id, shard FROM old_rows', 'OLD TABLE AS old_rows NEW TABLE AS new_rows')
    LOOP
        EXECUTE format($f$
            CREATE FUNCTION entente.settle_states_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
            SET enable_seqscan = off AS $body$
            BEGIN
                PERFORM 1 FROM entente.images AS i
                JOIN (SELECT DISTINCT analysis_id, image_id FROM (%2$s) AS c) AS k USING (analysis_id, image_id)
                ORDER BY i.analysis_id, i.image_id
                FOR NO KEY UPDATE OF i;
                IF NOT FOUND THEN
                    RETURN NULL;
                END IF;
                UPDATE entente.images AS i SET state = k.state, state_shard = k.shard
                FROM (
                    SELECT c.analysis_id, c.image_id, min(c.shard) AS shard, CASE
                        WHEN EXISTS (SELECT FROM entente.image_results AS r
                            WHERE r.analysis_id = c.analysis_id AND r.image_id = c.image_id) THEN 'done'
                        WHEN EXISTS (SELECT FROM entente.failed_images AS f
                            WHERE f.analysis_id = c.analysis_id AND f.image_id = c.image_id) THEN 'failed'
                        ELSE 'pending' END AS state
                    FROM (%2$s) AS c GROUP BY c.analysis_id, c.image_id
                ) AS k
                WHERE i.analysis_id = k.analysis_id AND i.image_id = k.image_id AND i.state <> k.state;
                RETURN NULL;
            END $body$
        $f$, event, changed);
        FOREACH watched IN ARRAY ARRAY['image_results', 'failed_images', 'images'] LOOP
            -- Of images themselves only new rows matter: a failure may have come before its image.
            CONTINUE WHEN watched = 'images' AND event <> 'insert';
            EXECUTE format(
                'CREATE TRIGGER a_settle_states_on_%1$s AFTER %1$s ON entente.%2$I REFERENCING %3$s '
                'FOR EACH STATEMENT EXECUTE FUNCTION entente.settle_states_on_%1$s()',
                event, watched, referencing);
        END LOOP;
    END LOOP;
END $migration$;

-- An image's new label, prediction or shard reaches its parts.
CREATE FUNCTION entente.carry_to_parts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE entente.part_results AS p
    SET label_index = n.label_index, predicted_index = n.predicted_index, shard = n.shard
    FROM new_rows AS n
    WHERE p.analysis_id = n.analysis_id AND p.image_id = n.image_id
        AND (p.label_index, p.predicted_index, p.shard)
            IS DISTINCT FROM (n.label_index, n.predicted_index, n.shard);
    RETURN NULL;
END $$;
CREATE TRIGGER c_carry_to_parts AFTER UPDATE ON entente.image_results REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION entente.carry_to_parts();

-- Triggers and recomputation -------------------------------------------------------------------------------------

DO $migration$
DECLARE
    rollup text;
    rows_table text;
    key text;
    additions text;
    truth text;
    event text;
    source text;
    referencing text;
    delta text;
BEGIN
    FOR rollup, rows_table, key, additions, truth IN VALUES
        ('progress', 'images', 'analysis_id, shard',
            'expected = r.expected + excluded.expected, done = r.done + excluded.done, '
            'failed = r.failed + excluded.failed',
            -- From the results and failures themselves, not from the state that triggers keep.
            'SELECT 1 AS sign, i.analysis_id, i.shard, i.state_shard, CASE '
            'WHEN EXISTS (SELECT FROM entente.image_results AS r '
            'WHERE r.analysis_id = i.analysis_id AND r.image_id = i.image_id) THEN ''done'' '
            'WHEN EXISTS (SELECT FROM entente.failed_images AS f '
            'WHERE f.analysis_id = i.analysis_id AND f.image_id = i.image_id) THEN ''failed'' '
            'ELSE ''pending'' END AS state FROM entente.images AS i WHERE $1 IS NULL OR i.analysis_id = $1'),
        ('image', 'image_results', 'analysis_id, label_index, predicted_index, shard',
            'images = r.images + excluded.images, labelled = r.labelled + excluded.labelled, '
            'hits_at_1 = r.hits_at_1 + excluded.hits_at_1, hits_at_5 = r.hits_at_5 + excluded.hits_at_5',
            'SELECT 1 AS sign, i.* FROM entente.image_results AS i WHERE $1 IS NULL OR i.analysis_id = $1'),
        ('part', 'part_results', 'analysis_id, label_index, predicted_index, part_method, shard',
            'images = r.images + excluded.images, vision_concepts = r.vision_concepts + excluded.vision_concepts, '
            'language_concepts = r.language_concepts + excluded.language_concepts, '
            'mutual_concepts = r.mutual_concepts + excluded.mutual_concepts, '
            'mi_released = r.mi_released + excluded.mi_released, '
            'auc_released = r.auc_released + excluded.auc_released, '
            'mi_membership = r.mi_membership + excluded.mi_membership, '
            'auc_membership = r.auc_membership + excluded.auc_membership, '
            'curves_longer = entente.add_curves(r.curves_longer, excluded.curves_longer), '
            'curve_released = entente.add_curves(r.curve_released, excluded.curve_released), '
            'curve_membership = entente.add_curves(r.curve_membership, excluded.curve_membership)',
            -- Label, prediction and shard as the image's row has them.
            'SELECT 1 AS sign, i.label_index, i.predicted_index, i.shard, p.analysis_id, p.part_method, '
            'p.vision_count, p.language_count, p.overlap, p.mi_released, p.auc_released, p.curve_released, '
            'p.mi_membership, p.auc_membership, p.curve_membership '
            'FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id) '
            'WHERE $1 IS NULL OR p.analysis_id = $1'),
        ('concept', 'part_results',
            'analysis_id, label_index, predicted_index, part_method, descriptor_index, shard',
            'vision_images = r.vision_images + excluded.vision_images, '
            'mutual_images = r.mutual_images + excluded.mutual_images',
            'SELECT 1 AS sign, i.label_index, i.predicted_index, i.shard, p.analysis_id, p.part_method, '
            'p.vision_descriptors, p.vision_mutual '
            'FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id) '
            'WHERE $1 IS NULL OR p.analysis_id = $1')
    LOOP
        FOR event, source, referencing IN VALUES
            ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n', 'NEW TABLE AS new_rows'),
            ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o', 'OLD TABLE AS old_rows'),
            ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o',
                'OLD TABLE AS old_rows NEW TABLE AS new_rows')
        LOOP
            EXECUTE format('SELECT entente.%I($1)', rollup || '_delta_sql') INTO delta USING source;
            EXECUTE format($f$
                CREATE FUNCTION entente.roll_up_%1$s_on_%2$s() RETURNS trigger
                LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
                BEGIN
                    INSERT INTO entente.%1$s_rollups AS r %3$s ON CONFLICT (%4$s) DO UPDATE SET %5$s;
                    RETURN NULL;
                END $body$
            $f$, rollup, event, delta, key, additions);
            EXECUTE format(
                'CREATE TRIGGER b_roll_up_%1$s_on_%2$s AFTER %2$s ON entente.%3$I REFERENCING %4$s '
                'FOR EACH STATEMENT EXECUTE FUNCTION entente.roll_up_%1$s_on_%2$s()',
                rollup, event, rows_table, referencing);
        END LOOP;
        EXECUTE format('SELECT entente.%I($1)', rollup || '_delta_sql') INTO delta USING truth;
        -- A function and not a view, because a filter does not reach below GROUPING SETS.
        EXECUTE format('CREATE FUNCTION entente.recomputed_%1$s_rollups(of_analysis text) '
            'RETURNS SETOF entente.%1$s_rollups LANGUAGE sql STABLE AS $body$ %2$s $body$', rollup, delta);
    END LOOP;
END $migration$;

DROP FUNCTION entente.progress_delta_sql(text);
DROP FUNCTION entente.image_delta_sql(text);
DROP FUNCTION entente.part_delta_sql(text);
DROP FUNCTION entente.concept_delta_sql(text);

-- TRUNCATE has no transition tables.
CREATE FUNCTION entente.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE would leave the roll-ups of % wrong; DELETE the rows instead', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported';
END $$;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.images EXECUTE FUNCTION entente.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.image_results EXECUTE FUNCTION entente.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.part_results EXECUTE FUNCTION entente.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.failed_images EXECUTE FUNCTION entente.refuse_truncate();

-- Verification ---------------------------------------------------------------------------------------------------

-- Every sum that differs between the roll-ups, added up over shards, and a recomputation from the rows. One
-- statement, hence one snapshot: it may run beside writers. `of_analysis` null: all of them.
CREATE FUNCTION entente.rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    -- One row a cell and side; curves as JSON arrays without the zeros that a deletion leaves at their end.
    WITH part_cells AS (
        SELECT r.kept, r.analysis_id,
            format('label %s, predicted %s, %s', r.label_index, r.predicted_index, r.part_method) AS cell,
            jsonb_build_object('images', sum(images), 'vision_concepts', sum(vision_concepts),
                'language_concepts', sum(language_concepts), 'mutual_concepts', sum(mutual_concepts),
                'mi_released', sum(mi_released), 'auc_released', sum(auc_released),
                'mi_membership', sum(mi_membership), 'auc_membership', sum(auc_membership),
                'curves_longer', entente.without_trailing_zeros(entente.sum_curves(curves_longer)),
                'curve_released', entente.without_trailing_zeros(entente.sum_curves(curve_released)),
                'curve_membership', entente.without_trailing_zeros(entente.sum_curves(curve_membership))) AS sums
        FROM (SELECT true AS kept, * FROM entente.part_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_part_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.kept, r.analysis_id, r.label_index, r.predicted_index, r.part_method
    )
    SELECT 'progress_rollups', d.analysis_id, '', q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id,
            coalesce(sum(expected) FILTER (WHERE kept), 0) AS expected,
            coalesce(sum(expected) FILTER (WHERE NOT kept), 0) AS expected_anew,
            coalesce(sum(done) FILTER (WHERE kept), 0) AS done,
            coalesce(sum(done) FILTER (WHERE NOT kept), 0) AS done_anew,
            coalesce(sum(failed) FILTER (WHERE kept), 0) AS failed,
            coalesce(sum(failed) FILTER (WHERE NOT kept), 0) AS failed_anew
        FROM (SELECT true AS kept, * FROM entente.progress_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_progress_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id
    ) AS d
    CROSS JOIN LATERAL (VALUES ('expected', d.expected, d.expected_anew), ('done', d.done, d.done_anew),
        ('failed', d.failed, d.failed_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    SELECT 'image_rollups', d.analysis_id, format('label %s, predicted %s', d.label_index, d.predicted_index),
        q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id, r.label_index, r.predicted_index,
            coalesce(sum(images) FILTER (WHERE kept), 0) AS images,
            coalesce(sum(images) FILTER (WHERE NOT kept), 0) AS images_anew,
            coalesce(sum(labelled) FILTER (WHERE kept), 0) AS labelled,
            coalesce(sum(labelled) FILTER (WHERE NOT kept), 0) AS labelled_anew,
            coalesce(sum(hits_at_1) FILTER (WHERE kept), 0) AS hits_at_1,
            coalesce(sum(hits_at_1) FILTER (WHERE NOT kept), 0) AS hits_at_1_anew,
            coalesce(sum(hits_at_5) FILTER (WHERE kept), 0) AS hits_at_5,
            coalesce(sum(hits_at_5) FILTER (WHERE NOT kept), 0) AS hits_at_5_anew
        FROM (SELECT true AS kept, * FROM entente.image_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_image_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.label_index, r.predicted_index
    ) AS d
    CROSS JOIN LATERAL (VALUES ('images', d.images, d.images_anew), ('labelled', d.labelled, d.labelled_anew),
        ('hits_at_1', d.hits_at_1, d.hits_at_1_anew), ('hits_at_5', d.hits_at_5, d.hits_at_5_anew)
    ) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    SELECT 'part_rollups', p.analysis_id, p.cell, q.quantity, coalesce(p.stored ->> q.quantity, '0'),
        coalesce(p.recomputed ->> q.quantity, '0')
    FROM (SELECT analysis_id, cell, (array_agg(sums) FILTER (WHERE kept))[1] AS stored,
            (array_agg(sums) FILTER (WHERE NOT kept))[1] AS recomputed
        FROM part_cells GROUP BY analysis_id, cell) AS p
    CROSS JOIN LATERAL jsonb_object_keys(coalesce(p.stored, p.recomputed)) AS q (quantity)
    -- A cell that was emptied keeps its zeros.
    WHERE coalesce(nullif(p.stored ->> q.quantity, '[]'), '0')
        <> coalesce(nullif(p.recomputed ->> q.quantity, '[]'), '0')
    UNION ALL
    SELECT 'concept_rollups', d.analysis_id, format('label %s, predicted %s, %s, descriptor %s', d.label_index,
        d.predicted_index, d.part_method, d.descriptor_index), q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id, r.label_index, r.predicted_index, r.part_method, r.descriptor_index,
            coalesce(sum(vision_images) FILTER (WHERE kept), 0) AS vision_images,
            coalesce(sum(vision_images) FILTER (WHERE NOT kept), 0) AS vision_images_anew,
            coalesce(sum(mutual_images) FILTER (WHERE kept), 0) AS mutual_images,
            coalesce(sum(mutual_images) FILTER (WHERE NOT kept), 0) AS mutual_images_anew
        FROM (SELECT true AS kept, * FROM entente.concept_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_concept_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.label_index, r.predicted_index, r.part_method, r.descriptor_index
    ) AS d
    CROSS JOIN LATERAL (VALUES ('vision_images', d.vision_images, d.vision_images_anew),
        ('mutual_images', d.mutual_images, d.mutual_images_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    -- What the triggers keep beside the sums.
    SELECT 'images', i.analysis_id, 'image ' || i.image_id, 'state', i.state, t.state
    FROM entente.images AS i
    CROSS JOIN LATERAL (SELECT CASE
        WHEN EXISTS (SELECT FROM entente.image_results AS r
            WHERE r.analysis_id = i.analysis_id AND r.image_id = i.image_id) THEN 'done'
        WHEN EXISTS (SELECT FROM entente.failed_images AS f
            WHERE f.analysis_id = i.analysis_id AND f.image_id = i.image_id) THEN 'failed'
        ELSE 'pending' END AS state) AS t
    WHERE (of_analysis IS NULL OR i.analysis_id = of_analysis) AND i.state <> t.state
    UNION ALL
    SELECT 'part_results', p.analysis_id, format('image %s, %s', p.image_id, p.part_method),
        'label, prediction and shard', format('%s, %s, %s', p.label_index, p.predicted_index, p.shard),
        format('%s, %s, %s', i.label_index, i.predicted_index, i.shard)
    FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id)
    WHERE (of_analysis IS NULL OR p.analysis_id = of_analysis)
        AND (p.label_index, p.predicted_index, p.shard)
            IS DISTINCT FROM (i.label_index, i.predicted_index, i.shard)
    ORDER BY 1, 2, 3, 4
$$;
