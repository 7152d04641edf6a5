-- oldest worker: 10
--
-- Views for people who know the documents alone: 95 % intervals beside means and shares, one flat row a mutual concept, text beside
-- arrays, and counts that are integers to every client.
--
-- An interval needs the sum of squares beside each sum, which the same triggers keep and `entente verify` recomputes. Squares of
-- nano-nats leave 64 bits at some ten images, so they are numeric, which adds whole numbers exactly.

-- Holds off writers before any of them has a function of before in hand that does not know the new columns.
LOCK TABLE entente.part_results IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE entente.part_rollups
    ADD vision_concepts_squared bigint NOT NULL DEFAULT 0,
    ADD mutual_concepts_squared bigint NOT NULL DEFAULT 0,
    ADD mi_released_squared numeric NOT NULL DEFAULT 0,
    ADD auc_released_squared numeric NOT NULL DEFAULT 0,
    ADD curve_released_squared numeric NOT NULL DEFAULT 0,
    ADD mi_membership_squared numeric NOT NULL DEFAULT 0,
    ADD auc_membership_squared numeric NOT NULL DEFAULT 0,
    ADD curve_membership_squared numeric NOT NULL DEFAULT 0;
COMMENT ON COLUMN entente.part_rollups.mi_released_squared IS 'Sum of the images'' squares, as in every column so called.';
COMMENT ON COLUMN entente.part_rollups.curve_released_squared IS 'Sum over images of the square of the sum of the curve''s points.';
COMMENT ON COLUMN entente.part_rollups.curve_membership_squared IS 'As curve_released_squared.';

-- As in 0004, and the squares. One definition serves the triggers, the recomputation, and what is made up for below.
CREATE FUNCTION entente.part_squares_sql() RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT $f$
            sum(sign * vision_count::bigint * vision_count)::bigint AS vision_concepts_squared,
            sum(sign * overlap::bigint * overlap)::bigint AS mutual_concepts_squared,
            sum(sign * mi_released::numeric * mi_released) AS mi_released_squared,
            sum(sign * auc_released::numeric * auc_released) AS auc_released_squared,
            sum(sign * (SELECT sum(x) * sum(x) FROM unnest(curve_released) AS u (x))) AS curve_released_squared,
            sum(sign * mi_membership::numeric * mi_membership) AS mi_membership_squared,
            sum(sign * auc_membership::numeric * auc_membership) AS auc_membership_squared,
            sum(sign * (SELECT sum(x) * sum(x) FROM unnest(curve_membership) AS u (x))) AS curve_membership_squared
    $f$
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
                ELSE entente.negated_curve(curve_membership) END) AS curve_membership,
            %s
        FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, predicted_index, part_method, shard), (analysis_id, part_method, shard))
        ORDER BY 1, 2, 3, 4, 5
    $f$, entente.part_squares_sql(), source)
$$;

DO $migration$
DECLARE
    -- Label, prediction and shard as the image's row has them.
    truth text := 'SELECT 1 AS sign, i.label_index, i.predicted_index, i.shard, p.analysis_id, p.part_method, '
        'p.vision_count, p.language_count, p.overlap, p.mi_released, p.auc_released, p.curve_released, '
        'p.mi_membership, p.auc_membership, p.curve_membership '
        'FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id)';
    event text;
    source text;
BEGIN
    FOR event, source IN VALUES
        ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n'),
        ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o'),
        ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o')
    LOOP
        EXECUTE format($f$
            CREATE OR REPLACE FUNCTION entente.roll_up_part_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                INSERT INTO entente.part_rollups AS r %2$s
                ON CONFLICT (analysis_id, label_index, predicted_index, part_method, shard) DO UPDATE SET
                    images = r.images + excluded.images,
                    vision_concepts = r.vision_concepts + excluded.vision_concepts,
                    language_concepts = r.language_concepts + excluded.language_concepts,
                    mutual_concepts = r.mutual_concepts + excluded.mutual_concepts,
                    mi_released = r.mi_released + excluded.mi_released,
                    auc_released = r.auc_released + excluded.auc_released,
                    mi_membership = r.mi_membership + excluded.mi_membership,
                    auc_membership = r.auc_membership + excluded.auc_membership,
                    curves_longer = entente.add_curves(r.curves_longer, excluded.curves_longer),
                    curve_released = entente.add_curves(r.curve_released, excluded.curve_released),
                    curve_membership = entente.add_curves(r.curve_membership, excluded.curve_membership),
                    vision_concepts_squared = r.vision_concepts_squared + excluded.vision_concepts_squared,
                    mutual_concepts_squared = r.mutual_concepts_squared + excluded.mutual_concepts_squared,
                    mi_released_squared = r.mi_released_squared + excluded.mi_released_squared,
                    auc_released_squared = r.auc_released_squared + excluded.auc_released_squared,
                    curve_released_squared = r.curve_released_squared + excluded.curve_released_squared,
                    mi_membership_squared = r.mi_membership_squared + excluded.mi_membership_squared,
                    auc_membership_squared = r.auc_membership_squared + excluded.auc_membership_squared,
                    curve_membership_squared = r.curve_membership_squared + excluded.curve_membership_squared;
                RETURN NULL;
            END $body$
        $f$, event, entente.part_delta_sql(source));
    END LOOP;
    EXECUTE format('CREATE OR REPLACE FUNCTION entente.recomputed_part_rollups(of_analysis text) '
        'RETURNS SETOF entente.part_rollups LANGUAGE sql STABLE AS $body$ %s $body$',
        entente.part_delta_sql(truth || ' WHERE $1 IS NULL OR p.analysis_id = $1'));

    -- What stands already. Curves are the long part of a recomputation, and they stay.
    EXECUTE format($f$
        UPDATE entente.part_rollups AS r
        SET vision_concepts_squared = s.vision_concepts_squared, mutual_concepts_squared = s.mutual_concepts_squared,
            mi_released_squared = s.mi_released_squared, auc_released_squared = s.auc_released_squared,
            curve_released_squared = s.curve_released_squared, mi_membership_squared = s.mi_membership_squared,
            auc_membership_squared = s.auc_membership_squared, curve_membership_squared = s.curve_membership_squared
        FROM (
            SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
                part_method, shard, %s
            FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS rows
            GROUP BY GROUPING SETS (
                (analysis_id, label, predicted_index, part_method, shard), (analysis_id, part_method, shard))
        ) AS s
        WHERE r.analysis_id = s.analysis_id AND r.label_index = s.label_index AND r.predicted_index = s.predicted_index
            AND r.part_method = s.part_method AND r.shard = s.shard
    $f$, entente.part_squares_sql(), truth);
END $migration$;
DROP FUNCTION entente.part_delta_sql(text);
DROP FUNCTION entente.part_squares_sql();

-- As before, and the squares.
CREATE OR REPLACE FUNCTION entente.score_rollup_differences(of_analysis text DEFAULT NULL)
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
                'curve_membership', entente.without_trailing_zeros(entente.sum_curves(curve_membership)),
                'vision_concepts_squared', sum(vision_concepts_squared),
                'mutual_concepts_squared', sum(mutual_concepts_squared),
                'mi_released_squared', sum(mi_released_squared), 'auc_released_squared', sum(auc_released_squared),
                'curve_released_squared', sum(curve_released_squared),
                'mi_membership_squared', sum(mi_membership_squared),
                'auc_membership_squared', sum(auc_membership_squared),
                'curve_membership_squared', sum(curve_membership_squared)) AS sums
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

-- Intervals ------------------------------------------------------------------------------------------------------

-- Half of the 95 % interval of a mean by Student's t, in the unit of what was added up; null for fewer than two. Takes the images
-- for independent draws of one population. The quantiles of 1 to 30 degrees of freedom are a table; beyond, an expansion in
-- their inverse is right to eight digits.
CREATE FUNCTION entente.half_width(total numeric, squares numeric, count numeric) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN count > 1 THEN
        -- n·Σx² − (Σx)² of whole numbers, so that no digit is lost; below 0 only where the sums are not those of one set of rows.
        sqrt(greatest(0, (count * squares - total * total) / (count * count * (count - 1)))::double precision)
        * coalesce(
            ('{12.706204736175,4.302652729749,3.182446305284,2.776445105198,2.570581835636,2.446911851145,2.364624251593,
               2.306004135204,2.262157162798,2.228138851986,2.200985160092,2.178812829667,2.160368656463,2.144786687918,
               2.13144954556,2.119905299221,2.109815577833,2.100922040241,2.093024054408,2.085963447266,2.079613844728,
               2.073873067904,2.068657610419,2.063898561628,2.059538552753,2.055529438643,2.05183051648,2.048407141795,
               2.045229642133,2.042272456301}'::double precision[])[least(count - 1, 31)::integer],
            1.959963984540054 + (2.372271230298562 + (2.8224986157396112 + (2.555849679507722 + 1.5895340533938225
                / (count - 1)::double precision) / (count - 1)::double precision) / (count - 1)::double precision)
                / (count - 1)::double precision)
        END
$$;

-- Wilson's 95 % interval of the share of `hits` in `count`; null for a share of nothing.
CREATE FUNCTION entente.share_low(hits bigint, count bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN count > 0 THEN CASE WHEN hits = 0 THEN 0 ELSE greatest(0,
        (hits + 1.920729410347062 - 1.959963984540054
            * sqrt(greatest(0, hits::double precision * (count - hits) / count) + 0.960364705173531))
        / (count + 3.841458820694124)) END END
$$;
CREATE FUNCTION entente.share_high(hits bigint, count bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 1 - entente.share_low(count - hits, count)
$$;

-- What is dropped below is created anew since a column changes its type; whoever had rights on it keeps them.
DO $$
BEGIN
    PERFORM set_config('entente.kept_rights', (
        SELECT coalesce(string_agg(format('GRANT %s ON entente.%I TO %s;', r.privilege_type, c.relname,
            CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END
                || CASE WHEN r.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), ' '), '')
        FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS r
        WHERE c.relnamespace = 'entente'::regnamespace AND r.grantee <> c.relowner
            AND c.relname IN ('analysis_summary', 'model_comparison', 'replay_class_comparison')), true);
END $$;
DROP VIEW entente.model_comparison, entente.analysis_summary, entente.replay_class_comparison;

CREATE VIEW entente.analysis_summary AS
SELECT a.analysis_id, a.name, p.part_method, e.estimator, i.images, i.labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    p.images AS part_images,
    (e.mi / p.images)::double precision / 1e9 AS mi,
    (e.auc / p.images)::double precision / 1e9 AS auc,
    (e.curve / (p.images * p.longest_curve))::double precision / 1e9 AS auc_padded,
    p.longest_curve,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts,
    entente.share_low(i.hits_at_1, i.labelled) AS top_1_low,
    entente.share_high(i.hits_at_1, i.labelled) AS top_1_high,
    entente.share_low(i.hits_at_5, i.labelled) AS top_5_low,
    entente.share_high(i.hits_at_5, i.labelled) AS top_5_high,
    (e.mi / p.images)::double precision / 1e9 - h.mi AS mi_low,
    (e.mi / p.images)::double precision / 1e9 + h.mi AS mi_high,
    (e.auc / p.images)::double precision / 1e9 - h.auc AS auc_low,
    (e.auc / p.images)::double precision / 1e9 + h.auc AS auc_high,
    (e.curve / (p.images * p.longest_curve))::double precision / 1e9 - h.curve AS auc_padded_low,
    (e.curve / (p.images * p.longest_curve))::double precision / 1e9 + h.curve AS auc_padded_high,
    (p.vision_concepts / p.images)::double precision - h.vision AS vision_concepts_low,
    (p.vision_concepts / p.images)::double precision + h.vision AS vision_concepts_high,
    (p.mutual_concepts / p.images)::double precision - h.mutual AS mutual_concepts_low,
    (p.mutual_concepts / p.images)::double precision + h.mutual AS mutual_concepts_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT sum(r.images)::bigint AS images, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
) AS i
CROSS JOIN LATERAL (
    SELECT s.*, (SELECT count(*) FROM unnest(s.curves_longer) AS u (curves) WHERE curves > 0) AS longest_curve
    FROM (
        SELECT r.part_method, sum(r.images)::bigint AS images, sum(r.vision_concepts) AS vision_concepts,
            sum(r.mutual_concepts) AS mutual_concepts, sum(r.mi_released) AS mi_released,
            sum(r.auc_released) AS auc_released, sum(r.mi_membership) AS mi_membership,
            sum(r.auc_membership) AS auc_membership, entente.sum_curves(r.curves_longer) AS curves_longer,
            entente.sum_curves(r.curve_released) AS curve_released,
            entente.sum_curves(r.curve_membership) AS curve_membership,
            sum(r.vision_concepts_squared) AS vision_concepts_squared,
            sum(r.mutual_concepts_squared) AS mutual_concepts_squared,
            sum(r.mi_released_squared) AS mi_released_squared, sum(r.auc_released_squared) AS auc_released_squared,
            sum(r.curve_released_squared) AS curve_released_squared,
            sum(r.mi_membership_squared) AS mi_membership_squared,
            sum(r.auc_membership_squared) AS auc_membership_squared,
            sum(r.curve_membership_squared) AS curve_membership_squared
        FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
        GROUP BY r.part_method
    ) AS s WHERE s.images > 0
) AS p
CROSS JOIN LATERAL (VALUES
    ('released', p.mi_released, p.auc_released, (SELECT sum(x) FROM unnest(p.curve_released) AS u (x)),
        p.mi_released_squared, p.auc_released_squared, p.curve_released_squared),
    ('membership', p.mi_membership, p.auc_membership, (SELECT sum(x) FROM unnest(p.curve_membership) AS u (x)),
        p.mi_membership_squared, p.auc_membership_squared, p.curve_membership_squared)
) AS e (estimator, mi, auc, curve, mi_squared, auc_squared, curve_squared)
CROSS JOIN LATERAL (
    SELECT entente.half_width(e.mi, e.mi_squared, p.images) / 1e9 AS mi,
        entente.half_width(e.auc, e.auc_squared, p.images) / 1e9 AS auc,
        entente.half_width(e.curve, e.curve_squared, p.images) / p.longest_curve / 1e9 AS curve,
        entente.half_width(p.vision_concepts, p.vision_concepts_squared, p.images) AS vision,
        entente.half_width(p.mutual_concepts, p.mutual_concepts_squared, p.images) AS mutual
    -- Nothing is left out: it only keeps each of them from being worked out twice.
    OFFSET 0
) AS h;

CREATE VIEW entente.model_comparison AS
SELECT a.analysis_id, a.name, a.setting_digest, a.model_weights, s.point AS part_method, s.estimator,
    max(s.images) AS images, max(s.labelled) AS labelled, max(s.top_1) AS top_1, max(s.top_5) AS top_5,
    avg(s.mi) AS mi, avg(s.auc) AS auc, avg(s.auc_padded) AS auc_padded,
    max(s.top_1_low) AS top_1_low, max(s.top_1_high) AS top_1_high,
    max(s.top_5_low) AS top_5_low, max(s.top_5_high) AS top_5_high,
    max(s.mi_low) FILTER (WHERE s.is_one) AS mi_low, max(s.mi_high) FILTER (WHERE s.is_one) AS mi_high,
    max(s.auc_low) FILTER (WHERE s.is_one) AS auc_low, max(s.auc_high) FILTER (WHERE s.is_one) AS auc_high,
    max(s.auc_padded_low) FILTER (WHERE s.is_one) AS auc_padded_low,
    max(s.auc_padded_high) FILTER (WHERE s.is_one) AS auc_padded_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT q.*, p.part_method AS point, p.is_one
    FROM entente.analysis_summary AS q
    CROSS JOIN LATERAL (VALUES (q.part_method, true), ('mean', false)) AS p (part_method, is_one)
    WHERE q.analysis_id = a.analysis_id
) AS s
GROUP BY a.analysis_id, s.point, s.estimator;

CREATE OR REPLACE VIEW entente.class_summary AS
SELECT a.analysis_id, a.name, p.class_role, p.class_index, k.class_id, k.name AS class_name, p.part_method,
    p.images::bigint AS images,
    i.labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts,
    (p.mi_released / p.images)::double precision / 1e9 AS mi_released,
    (p.auc_released / p.images)::double precision / 1e9 AS auc_released,
    (p.mi_membership / p.images)::double precision / 1e9 AS mi_membership,
    (p.auc_membership / p.images)::double precision / 1e9 AS auc_membership,
    entente.share_low(i.hits_at_1, i.labelled) AS top_1_low,
    entente.share_high(i.hits_at_1, i.labelled) AS top_1_high,
    entente.share_low(i.hits_at_5, i.labelled) AS top_5_low,
    entente.share_high(i.hits_at_5, i.labelled) AS top_5_high,
    (p.vision_concepts / p.images)::double precision - h.vision AS vision_concepts_low,
    (p.vision_concepts / p.images)::double precision + h.vision AS vision_concepts_high,
    (p.mutual_concepts / p.images)::double precision - h.mutual AS mutual_concepts_low,
    (p.mutual_concepts / p.images)::double precision + h.mutual AS mutual_concepts_high,
    (p.mi_released / p.images)::double precision / 1e9 - h.mi_released AS mi_released_low,
    (p.mi_released / p.images)::double precision / 1e9 + h.mi_released AS mi_released_high,
    (p.auc_released / p.images)::double precision / 1e9 - h.auc_released AS auc_released_low,
    (p.auc_released / p.images)::double precision / 1e9 + h.auc_released AS auc_released_high,
    (p.mi_membership / p.images)::double precision / 1e9 - h.mi_membership AS mi_membership_low,
    (p.mi_membership / p.images)::double precision / 1e9 + h.mi_membership AS mi_membership_high,
    (p.auc_membership / p.images)::double precision / 1e9 - h.auc_membership AS auc_membership_low,
    (p.auc_membership / p.images)::double precision / 1e9 + h.auc_membership AS auc_membership_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, r.part_method, sum(r.images) AS images,
        sum(r.vision_concepts) AS vision_concepts, sum(r.mutual_concepts) AS mutual_concepts,
        sum(r.mi_released) AS mi_released, sum(r.auc_released) AS auc_released,
        sum(r.mi_membership) AS mi_membership, sum(r.auc_membership) AS auc_membership,
        sum(r.vision_concepts_squared) AS vision_concepts_squared,
        sum(r.mutual_concepts_squared) AS mutual_concepts_squared,
        sum(r.mi_released_squared) AS mi_released_squared, sum(r.auc_released_squared) AS auc_released_squared,
        sum(r.mi_membership_squared) AS mi_membership_squared, sum(r.auc_membership_squared) AS auc_membership_squared
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index, r.part_method HAVING sum(r.images) > 0
    UNION ALL
    SELECT 'prediction', r.predicted_index, r.part_method, sum(r.images), sum(r.vision_concepts),
        sum(r.mutual_concepts), sum(r.mi_released), sum(r.auc_released), sum(r.mi_membership), sum(r.auc_membership),
        sum(r.vision_concepts_squared), sum(r.mutual_concepts_squared), sum(r.mi_released_squared),
        sum(r.auc_released_squared), sum(r.mi_membership_squared), sum(r.auc_membership_squared)
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index, r.part_method HAVING sum(r.images) > 0
) AS p
JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index
    UNION ALL
    SELECT 'prediction', r.predicted_index, sum(r.labelled)::bigint, sum(r.hits_at_1)::bigint,
        sum(r.hits_at_5)::bigint
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index
) AS i ON i.class_role = p.class_role AND i.class_index = p.class_index
CROSS JOIN LATERAL (
    SELECT entente.half_width(p.vision_concepts, p.vision_concepts_squared, p.images) AS vision,
        entente.half_width(p.mutual_concepts, p.mutual_concepts_squared, p.images) AS mutual,
        entente.half_width(p.mi_released, p.mi_released_squared, p.images) / 1e9 AS mi_released,
        entente.half_width(p.auc_released, p.auc_released_squared, p.images) / 1e9 AS auc_released,
        entente.half_width(p.mi_membership, p.mi_membership_squared, p.images) / 1e9 AS mi_membership,
        entente.half_width(p.auc_membership, p.auc_membership_squared, p.images) / 1e9 AS auc_membership
    -- As in analysis_summary.
    OFFSET 0
) AS h
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = p.class_index;

CREATE VIEW entente.replay_class_comparison AS
SELECT p.from_analysis, p.to_analysis, CASE WHEN c.is_whole THEN 'all' ELSE 'class' END AS scope, c.class_id,
    c.class_name, c.part_method, e.estimator, c.from_images, c.to_images,
    h.from_hits / nullif(h.from_labelled, 0)::double precision AS from_top_1,
    h.to_hits / nullif(h.to_labelled, 0)::double precision AS to_top_1,
    h.to_hits / nullif(h.to_labelled, 0)::double precision
        - h.from_hits / nullif(h.from_labelled, 0)::double precision AS delta_top_1,
    (e.from_mi / c.from_images)::double precision / 1e9 AS from_mi,
    (e.to_mi / c.to_images)::double precision / 1e9 AS to_mi,
    (e.to_mi / c.to_images - e.from_mi / c.from_images)::double precision / 1e9 AS delta_mi,
    (e.from_auc / c.from_images)::double precision / 1e9 AS from_auc,
    (e.to_auc / c.to_images)::double precision / 1e9 AS to_auc,
    (e.to_auc / c.to_images - e.from_auc / c.from_images)::double precision / 1e9 AS delta_auc,
    (c.from_mutual / c.from_images)::double precision AS from_mutual_concepts,
    (c.to_mutual / c.to_images)::double precision AS to_mutual_concepts,
    (c.to_mutual / c.to_images - c.from_mutual / c.from_images)::double precision AS delta_mutual_concepts,
    p.from_name, p.to_name
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id, max(k.name) AS class_name, r.part_method,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.from_analysis), 0)::bigint AS from_images,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.to_analysis), 0)::bigint AS to_images,
        sum(r.mutual_concepts) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mutual,
        sum(r.mutual_concepts) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mutual,
        sum(r.mi_released) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mi_released,
        sum(r.mi_released) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mi_released,
        sum(r.auc_released) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_auc_released,
        sum(r.auc_released) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_auc_released,
        sum(r.mi_membership) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mi_membership,
        sum(r.mi_membership) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mi_membership,
        sum(r.auc_membership) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_auc_membership,
        sum(r.auc_membership) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_auc_membership
    FROM entente.part_rollups AS r
    LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
    WHERE r.analysis_id IN (p.from_analysis, p.to_analysis)
    GROUP BY r.label_index = -2, k.class_id, r.part_method HAVING sum(r.images) > 0
) AS c
JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id,
        sum(r.labelled) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_labelled,
        sum(r.labelled) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_labelled,
        sum(r.hits_at_1) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_hits,
        sum(r.hits_at_1) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_hits
    FROM entente.image_rollups AS r
    LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
    WHERE r.analysis_id IN (p.from_analysis, p.to_analysis)
    GROUP BY r.label_index = -2, k.class_id
) AS h ON h.is_whole = c.is_whole AND coalesce(h.class_id, '') = coalesce(c.class_id, '')
CROSS JOIN LATERAL (VALUES
    ('released', c.from_mi_released, c.to_mi_released, c.from_auc_released, c.to_auc_released),
    ('membership', c.from_mi_membership, c.to_mi_membership, c.from_auc_membership, c.to_auc_membership)
) AS e (estimator, from_mi, to_mi, from_auc, to_auc);

DO $$ BEGIN EXECUTE current_setting('entente.kept_rights'); END $$;

COMMENT ON VIEW entente.analysis_summary IS 'One row an analysis with results, part method and estimator.';
COMMENT ON COLUMN entente.analysis_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_summary.part_method IS 
    'pca or kmeans; behind @ the dense method whose features it groups, behind + the one that reads its parts.';
COMMENT ON COLUMN entente.analysis_summary.estimator IS 'released or membership: which mutual information mi and auc are.';
COMMENT ON COLUMN entente.analysis_summary.images IS 'Images with a result.';
COMMENT ON COLUMN entente.analysis_summary.labelled IS 'Those of them that came with a label; accuracy is over these.';
COMMENT ON COLUMN entente.analysis_summary.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.analysis_summary.top_5 IS 'Share of labelled images whose label is among the five most similar.';
COMMENT ON COLUMN entente.analysis_summary.part_images IS 'Images with a result of this part method; the means are over these.';
COMMENT ON COLUMN entente.analysis_summary.mi IS 'Mean mutual information, nats.';
COMMENT ON COLUMN entente.analysis_summary.auc IS 'Mean of the images'' own AUCs, nats.';
COMMENT ON COLUMN entente.analysis_summary.auc_padded IS
    'Mean of the mean curve, each curve padded with zeros to the longest: the dataset AUC of the paper, nats.';
COMMENT ON COLUMN entente.analysis_summary.longest_curve IS 'Points of the longest curve.';
COMMENT ON COLUMN entente.analysis_summary.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.analysis_summary.mutual_concepts IS 'Mean number of mutual concepts an image.';
COMMENT ON VIEW entente.model_comparison IS
    'Agreement against accuracy, one point a model: compare rows of one setting_digest, part method and estimator.';
COMMENT ON COLUMN entente.model_comparison.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.model_comparison.name IS 'Its latest name.';
COMMENT ON COLUMN entente.model_comparison.setting_digest IS 'Equal for analyses that differ in nothing but the model.';
COMMENT ON COLUMN entente.model_comparison.model_weights IS 'SHA-256 of the model''s weights.';
COMMENT ON COLUMN entente.model_comparison.part_method IS 'pca, kmeans, or mean: the mean over the analysis''s part methods.';
COMMENT ON COLUMN entente.model_comparison.estimator IS 'released or membership.';
COMMENT ON COLUMN entente.model_comparison.images IS 'Images with a result.';
COMMENT ON COLUMN entente.model_comparison.labelled IS 'Those with a label.';
COMMENT ON COLUMN entente.model_comparison.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.model_comparison.top_5 IS 'Share of labelled images whose label is among the five most similar.';
COMMENT ON COLUMN entente.model_comparison.mi IS 'Mean mutual information, nats.';
COMMENT ON COLUMN entente.model_comparison.auc IS 'Mean of the images'' own AUCs, nats.';
COMMENT ON COLUMN entente.model_comparison.auc_padded IS 'Mean of the zero-padded mean curve, nats.';
COMMENT ON VIEW entente.replay_class_comparison IS
    'A replay''s two analyses side by side, out of roll-ups: each mean is over all images its own analysis has, where '
    'replay_comparison looks at the images that both have.';
COMMENT ON COLUMN entente.replay_class_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_class_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_class_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_class_comparison.class_id IS
    'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_class_comparison.class_name IS 'Its name; where the two differ, the last in order.';
COMMENT ON COLUMN entente.replay_class_comparison.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_class_comparison.estimator IS
    'released or membership: which mutual information the means are of; counts and accuracy are the same for both.';
COMMENT ON COLUMN entente.replay_class_comparison.from_images IS 'Images of from_analysis; null without any.';
COMMENT ON COLUMN entente.replay_class_comparison.to_images IS 'Images of to_analysis; null without any.';
COMMENT ON COLUMN entente.replay_class_comparison.from_top_1 IS
    'Share of from_analysis''s labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.replay_class_comparison.to_top_1 IS 'The same of to_analysis.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_top_1 IS 'to_top_1 - from_top_1.';
COMMENT ON COLUMN entente.replay_class_comparison.from_mi IS 'Mean mutual information before, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.to_mi IS 'Mean mutual information now, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_mi IS 'to_mi - from_mi.';
COMMENT ON COLUMN entente.replay_class_comparison.from_auc IS 'Mean of the images'' own AUCs before, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.to_auc IS 'Mean of the images'' own AUCs now, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_auc IS 'to_auc - from_auc.';
COMMENT ON COLUMN entente.replay_class_comparison.from_mutual_concepts IS 'Mean number of mutual concepts before.';
COMMENT ON COLUMN entente.replay_class_comparison.to_mutual_concepts IS 'Mean number of mutual concepts now.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_mutual_concepts IS
    'to_mutual_concepts - from_mutual_concepts.';
COMMENT ON COLUMN entente.replay_class_comparison.from_name IS 'Latest name of from_analysis.';
COMMENT ON COLUMN entente.replay_class_comparison.to_name IS 'Latest name of to_analysis.';

-- As before, and a filter by the class's name reaches the rows below the ranking.
CREATE OR REPLACE VIEW entente.class_concept_ranking AS
SELECT a.analysis_id, a.name, c.class_role, c.class_index, c.class_id, c.class_name, c.part_method, c.rank,
    c.descriptor_index, d.descriptor, c.mutual_images, c.vision_images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.class_role, s.class_index, s.class_id, s.class_name, s.part_method
        ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT 'label' AS class_role, r.label_index AS class_index, k.class_id, k.name AS class_name, r.part_method,
            r.descriptor_index, sum(r.mutual_images)::bigint AS mutual_images,
            sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
        WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
        GROUP BY r.label_index, k.class_id, k.name, r.part_method, r.descriptor_index
        HAVING sum(r.vision_images) > 0
        UNION ALL
        SELECT 'prediction', r.predicted_index, k.class_id, k.name, r.part_method, r.descriptor_index,
            sum(r.mutual_images)::bigint, sum(r.vision_images)::bigint
        FROM entente.concept_rollups AS r
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
        WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
        GROUP BY r.predicted_index, k.class_id, k.name, r.part_method, r.descriptor_index
        HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;

-- Text beside arrays, for clients that know none ------------------------------------------------------------------

CREATE OR REPLACE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at,
    (SELECT avg(c.relevance::double precision)::real FROM unnest(p.vision_relevances) AS c (relevance)) AS mean_relevance,
    array_to_string(p.flags, ', ') AS flags_text
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON COLUMN entente.image_scores.flags_text IS 'flags, with commas between.';

CREATE OR REPLACE VIEW entente.image_concepts AS
SELECT p.analysis_id, p.image_id, p.part_method, (c.place - 1)::integer AS rank, c.descriptor_index, d.descriptor,
    c.relevance, ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1) AS parts, c.mutual,
    array_to_string(ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1), ', ') AS parts_text
FROM entente.part_results AS p
CROSS JOIN LATERAL unnest(p.vision_descriptors, p.vision_relevances, p.vision_parts, p.vision_mutual)
    WITH ORDINALITY AS c (descriptor_index, relevance, parts, mutual, place)
LEFT JOIN entente.descriptors AS d ON d.analysis_id = p.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON COLUMN entente.image_concepts.parts_text IS 'parts, with commas between.';

CREATE OR REPLACE VIEW entente.replay_image_comparison AS
SELECT p.from_analysis, p.to_analysis, c.*, array_to_string(c.concepts_gained, ', ') AS concepts_gained_text,
    array_to_string(c.concepts_lost, ', ') AS concepts_lost_text
FROM (
    SELECT DISTINCT s.replayed_from AS from_analysis, s.analysis_id AS to_analysis
    FROM entente.submissions AS s WHERE s.replayed_from <> s.analysis_id
) AS p
CROSS JOIN LATERAL entente.compare_images(p.from_analysis, p.to_analysis) AS c;

-- As before; plain joins still, so that concepts are compared for the rows that are shown.
CREATE OR REPLACE VIEW entente.replay_image_changes AS
SELECT c.*, array_to_string(c.concepts_gained, ', ') AS concepts_gained_text,
    array_to_string(c.concepts_lost, ', ') AS concepts_lost_text
FROM (
    SELECT p.from_analysis, p.to_analysis, t.image_id, t.part_method, tl.class_id AS label, fp.class_id AS from_predicted,
        tp.class_id AS to_predicted, fp.class_id <> tp.class_id AS flipped, g.hit_at_1 AS from_hit, u.hit_at_1 AS to_hit,
        (t.mi_released - f.mi_released) / 1e9::double precision AS delta_mi_released,
        (t.auc_released - f.auc_released) / 1e9::double precision AS delta_auc_released,
        (t.mi_membership - f.mi_membership) / 1e9::double precision AS delta_mi_membership,
        (t.auc_membership - f.auc_membership) / 1e9::double precision AS delta_auc_membership,
        ARRAY(
            SELECT d.descriptor
            FROM unnest(t.vision_descriptors, t.vision_mutual) WITH ORDINALITY AS c (place, mutual, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = t.analysis_id AND d.descriptor_index = c.place
            WHERE c.mutual AND d.descriptor NOT IN (
                SELECT e.descriptor FROM unnest(f.vision_descriptors, f.vision_mutual) AS o (place, mutual)
                JOIN entente.descriptors AS e ON e.analysis_id = f.analysis_id AND e.descriptor_index = o.place
                WHERE o.mutual)
            ORDER BY c.rank) AS concepts_gained,
        ARRAY(
            SELECT d.descriptor
            FROM unnest(f.vision_descriptors, f.vision_mutual) WITH ORDINALITY AS c (place, mutual, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = f.analysis_id AND d.descriptor_index = c.place
            WHERE c.mutual AND d.descriptor NOT IN (
                SELECT e.descriptor FROM unnest(t.vision_descriptors, t.vision_mutual) AS o (place, mutual)
                JOIN entente.descriptors AS e ON e.analysis_id = t.analysis_id AND e.descriptor_index = o.place
                WHERE o.mutual)
            ORDER BY c.rank) AS concepts_lost
    FROM entente.replays AS p
    JOIN entente.image_results AS u ON u.analysis_id = p.to_analysis
    JOIN entente.part_results AS t ON t.analysis_id = u.analysis_id AND t.image_id = u.image_id
    JOIN entente.part_results AS f
        ON f.analysis_id = p.from_analysis AND f.image_id = t.image_id AND f.part_method = t.part_method
    JOIN entente.image_results AS g ON g.analysis_id = f.analysis_id AND g.image_id = f.image_id
    LEFT JOIN entente.classes AS tl ON tl.analysis_id = u.analysis_id AND tl.class_index = u.label_index
    LEFT JOIN entente.classes AS tp ON tp.analysis_id = u.analysis_id AND tp.class_index = u.predicted_index
    LEFT JOIN entente.classes AS fp ON fp.analysis_id = g.analysis_id AND fp.class_index = g.predicted_index
) AS c;
COMMENT ON COLUMN entente.replay_image_comparison.concepts_gained_text IS 'concepts_gained, with commas between.';
COMMENT ON COLUMN entente.replay_image_comparison.concepts_lost_text IS 'concepts_lost, with commas between.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_gained_text IS 'concepts_gained, with commas between.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_lost_text IS 'concepts_lost, with commas between.';

-- One flat row a mutual concept -----------------------------------------------------------------------------------

CREATE VIEW entente.mutual_concepts AS
SELECT a.analysis_id, a.name, p.image_id, p.part_method, k.class_id AS predicted, k.name AS predicted_name,
    l.class_id AS label, l.name AS label_name, c.place AS rank, d.descriptor, c.relevance, t.parts,
    array_to_string(t.parts, ', ') AS parts_text
FROM entente.analyses AS a
JOIN entente.part_results AS p ON p.analysis_id = a.analysis_id
LEFT JOIN entente.classes AS k ON k.analysis_id = p.analysis_id AND k.class_index = p.predicted_index
LEFT JOIN entente.classes AS l ON l.analysis_id = p.analysis_id AND l.class_index = p.label_index
CROSS JOIN LATERAL unnest(p.vision_descriptors, p.vision_relevances, p.vision_parts, p.vision_mutual)
    WITH ORDINALITY AS c (descriptor_index, relevance, parts, mutual, place)
CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1) AS parts
) AS t
JOIN entente.descriptors AS d ON d.analysis_id = p.analysis_id AND d.descriptor_index = c.descriptor_index
WHERE c.mutual;
COMMENT ON VIEW entente.mutual_concepts IS
    'What both encoders name, one row an image, part method and descriptor; filter by analysis_id or name, and by image_id.';
COMMENT ON COLUMN entente.mutual_concepts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.mutual_concepts.name IS 'Its latest name.';
COMMENT ON COLUMN entente.mutual_concepts.image_id IS 'The image.';
COMMENT ON COLUMN entente.mutual_concepts.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.mutual_concepts.predicted IS 'Class id of the prediction.';
COMMENT ON COLUMN entente.mutual_concepts.predicted_name IS 'The predicted class''s name, as the text encoder reads it.';
COMMENT ON COLUMN entente.mutual_concepts.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.mutual_concepts.label_name IS 'The label''s class''s name.';
COMMENT ON COLUMN entente.mutual_concepts.rank IS
    '1 for the image''s most relevant vision concept; those that are not mutual have a rank too.';
COMMENT ON COLUMN entente.mutual_concepts.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.mutual_concepts.relevance IS '2.5 × cosine of image and descriptor.';
COMMENT ON COLUMN entente.mutual_concepts.parts IS 'The parts that picked it.';
COMMENT ON COLUMN entente.mutual_concepts.parts_text IS 'parts, with commas between.';

-- Every interval is of 95 %, and takes images for independent draws of one population: images of a group, which are decomposed
-- together, are not quite that.
DO $$
DECLARE
    bound record;
BEGIN
    FOR bound IN
        SELECT c.oid::regclass AS view, a.attname AS name, m[1] AS of_what, m[2] = 'low' AS is_low,
            m[1] ~ '^top_' AS is_share, c.relname = 'model_comparison' AND m[1] !~ '^top_' AS has_none
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        CROSS JOIN LATERAL regexp_match(a.attname, '^(.*)_(low|high)$') AS m
        WHERE c.relnamespace = 'entente'::regnamespace
            AND c.relname IN ('analysis_summary', 'class_summary', 'model_comparison') AND m IS NOT NULL
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', bound.view, bound.name, format(
            '%s end of the 95 %% interval of %s, %s%s.', CASE WHEN bound.is_low THEN 'Lower' ELSE 'Upper' END,
            bound.of_what,
            CASE WHEN bound.is_share THEN 'Wilson''s; null without a label'
                ELSE 'Student''s, of images as independent draws; null of fewer than two' END,
            CASE WHEN bound.has_none THEN ' and for the part method mean' ELSE '' END));
    END LOOP;
END $$;
