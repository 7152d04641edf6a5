-- oldest worker: 10
--
-- How explanations were judged, for analyses that ask for it: the model's answers while regions are taken away or put back, and to the
-- foreground alone. Rows and roll-ups of whole numbers as of everything else.

CREATE TABLE entente.judged_results (
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    variant text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    label_index integer,
    shard smallint NOT NULL,
    draws integer NOT NULL CHECK (draws > 0),
    points bigint[] NOT NULL CHECK (cardinality(points) > 0),
    amount bigint NOT NULL,
    difference bigint,
    PRIMARY KEY (analysis_id, image_id, subject, variant, metric),
    FOREIGN KEY (analysis_id, image_id) REFERENCES entente.image_results ON DELETE CASCADE
);
COMMENT ON TABLE entente.judged_results IS
    'One row an analysis, image, explainer, order of its regions, and metric; and one a stage of the foreground and metric.';
COMMENT ON COLUMN entente.judged_results.subject IS 'What is judged: a part method, or foreground.';
COMMENT ON COLUMN entente.judged_results.variant IS
    'importance, or a null beside it: random_order, random_regions; of the foreground nearest, component, crf.';
COMMENT ON COLUMN entente.judged_results.metric IS
    'deletion, insertion, acc_drop, acc_inc; of the foreground score, agreement, top_1. Without a label there is no acc_drop, '
    'acc_inc and top_1.';
COMMENT ON COLUMN entente.judged_results.label_index IS 'This and shard repeat the image''s row.';
COMMENT ON COLUMN entente.judged_results.draws IS 'Random draws that points are summed over.';
COMMENT ON COLUMN entente.judged_results.points IS
    'After 0, 1, … steps: of deletion, insertion and score billionths of a score, else right answers. One point of the foreground''s.';
COMMENT ON COLUMN entente.judged_results.amount IS 'Twice the area at steps of 1, by trapezoids; of a single point the point.';
COMMENT ON COLUMN entente.judged_results.difference IS
    'What it is compared with less this, in units of amount: the curve by importance, or the whole picture; null without.';

CREATE TABLE entente.judged_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    subject text COLLATE "C" NOT NULL,
    variant text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    draws bigint NOT NULL,
    points bigint[] NOT NULL,
    amount bigint NOT NULL,
    amount_squared numeric NOT NULL,
    compared bigint NOT NULL,
    difference bigint NOT NULL,
    difference_squared numeric NOT NULL,
    PRIMARY KEY (analysis_id, label_index, subject, variant, metric, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN entente.judged_rollups.label_index IS '-1: images without a label; -2: all images.';
COMMENT ON COLUMN entente.judged_rollups.compared IS 'Images with a difference.';

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.judged_results EXECUTE FUNCTION entente.refuse_truncate();

-- An image's new label or shard reaches its rows; without a label nothing is right or wrong.
-- Without scans, as carry_to_parts: a session may keep a plan that it made while the table was nearly empty.
CREATE FUNCTION entente.carry_to_judged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM entente.judged_results AS j USING new_rows AS n
    WHERE j.analysis_id = n.analysis_id AND j.image_id = n.image_id AND n.label_index IS NULL
        AND j.metric IN ('acc_drop', 'acc_inc', 'top_1');
    UPDATE entente.judged_results AS j SET label_index = n.label_index, shard = n.shard
    FROM new_rows AS n
    WHERE j.analysis_id = n.analysis_id AND j.image_id = n.image_id
        AND (j.label_index, j.shard) IS DISTINCT FROM (n.label_index, n.shard);
    RETURN NULL;
END $$;
CREATE TRIGGER c_carry_to_judged AFTER UPDATE ON entente.image_results REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION entente.carry_to_judged();

-- One definition of each sum for the triggers and for the recomputation, as in 0004.
CREATE FUNCTION entente.judged_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, subject, variant, metric, shard,
            sum(sign)::bigint AS images, sum(sign * draws::bigint)::bigint AS draws,
            entente.sum_curves(CASE WHEN sign = 1 THEN points ELSE entente.negated_curve(points) END) AS points,
            sum(sign * amount)::bigint AS amount, sum(sign * amount::numeric * amount) AS amount_squared,
            sum(CASE WHEN difference IS NULL THEN 0 ELSE sign END)::bigint AS compared,
            coalesce(sum(sign * difference), 0)::bigint AS difference,
            coalesce(sum(sign * difference::numeric * difference), 0) AS difference_squared
        FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, subject, variant, metric, shard), (analysis_id, subject, variant, metric, shard))
        ORDER BY 1, 2, 3, 4, 5, 6
    $f$, source)
$$;

DO $migration$
DECLARE
    event text;
    source text;
    referencing text;
BEGIN
    FOR event, source, referencing IN VALUES
        ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n', 'NEW TABLE AS new_rows'),
        ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o', 'OLD TABLE AS old_rows'),
        ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o',
            'OLD TABLE AS old_rows NEW TABLE AS new_rows')
    LOOP
        EXECUTE format($f$
            CREATE FUNCTION entente.roll_up_judged_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                INSERT INTO entente.judged_rollups AS r %2$s
                ON CONFLICT (analysis_id, label_index, subject, variant, metric, shard) DO UPDATE SET
                    images = r.images + excluded.images, draws = r.draws + excluded.draws,
                    points = entente.add_curves(r.points, excluded.points), amount = r.amount + excluded.amount,
                    amount_squared = r.amount_squared + excluded.amount_squared,
                    compared = r.compared + excluded.compared, difference = r.difference + excluded.difference,
                    difference_squared = r.difference_squared + excluded.difference_squared;
                RETURN NULL;
            END $body$
        $f$, event, entente.judged_delta_sql(source));
        EXECUTE format(
            'CREATE TRIGGER b_roll_up_judged_on_%1$s AFTER %1$s ON entente.judged_results REFERENCING %2$s '
            'FOR EACH STATEMENT EXECUTE FUNCTION entente.roll_up_judged_on_%1$s()', event, referencing);
    END LOOP;
    -- Label and shard as the image's row has them.
    EXECUTE format('CREATE FUNCTION entente.recomputed_judged_rollups(of_analysis text) '
        'RETURNS SETOF entente.judged_rollups LANGUAGE sql STABLE AS $body$ %s $body$',
        entente.judged_delta_sql('SELECT 1 AS sign, i.label_index, i.shard, j.analysis_id, j.subject, j.variant, '
            'j.metric, j.draws, j.points, j.amount, j.difference '
            'FROM entente.judged_results AS j JOIN entente.image_results AS i USING (analysis_id, image_id) '
            'WHERE $1 IS NULL OR j.analysis_id = $1'));
END $migration$;
DROP FUNCTION entente.judged_delta_sql(text);

CREATE FUNCTION entente.judged_rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    WITH cells AS (
        SELECT r.kept, r.analysis_id,
            format('label %s, %s, %s, %s', r.label_index, r.subject, r.variant, r.metric) AS cell,
            jsonb_build_object('images', sum(images), 'draws', sum(draws),
                'points', entente.without_trailing_zeros(entente.sum_curves(points)), 'amount', sum(amount),
                'amount_squared', sum(amount_squared), 'compared', sum(compared), 'difference', sum(difference),
                'difference_squared', sum(difference_squared)) AS sums
        FROM (SELECT true AS kept, * FROM entente.judged_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_judged_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.kept, r.analysis_id, r.label_index, r.subject, r.variant, r.metric
    )
    SELECT 'judged_rollups', p.analysis_id, p.cell, q.quantity, coalesce(p.stored ->> q.quantity, '0'),
        coalesce(p.recomputed ->> q.quantity, '0')
    FROM (SELECT analysis_id, cell, (array_agg(sums) FILTER (WHERE kept))[1] AS stored,
            (array_agg(sums) FILTER (WHERE NOT kept))[1] AS recomputed
        FROM cells GROUP BY analysis_id, cell) AS p
    CROSS JOIN LATERAL jsonb_object_keys(coalesce(p.stored, p.recomputed)) AS q (quantity)
    -- A cell that was emptied keeps its zeros.
    WHERE coalesce(nullif(p.stored ->> q.quantity, '[]'), '0')
        <> coalesce(nullif(p.recomputed ->> q.quantity, '[]'), '0')
    UNION ALL
    -- What is kept beside the points: without it sums would be true, and wrong.
    SELECT 'judged_results', j.analysis_id, format('image %s, %s, %s, %s', j.image_id, j.subject, j.variant, j.metric),
        'label and shard', format('%s, %s', j.label_index, j.shard), format('%s, %s', i.label_index, i.shard)
    FROM entente.judged_results AS j JOIN entente.image_results AS i USING (analysis_id, image_id)
    WHERE (of_analysis IS NULL OR j.analysis_id = of_analysis)
        AND (j.label_index, j.shard) IS DISTINCT FROM (i.label_index, i.shard)
    UNION ALL
    SELECT 'judged_results', j.analysis_id, format('image %s, %s, %s, %s', j.image_id, j.subject, j.variant, j.metric),
        'amount', j.amount::text, t.amount::text
    FROM entente.judged_results AS j
    CROSS JOIN LATERAL (
        SELECT CASE WHEN cardinality(j.points) = 1 THEN j.points[1]
            ELSE 2 * sum(x) - j.points[1] - j.points[cardinality(j.points)] END::bigint AS amount
        FROM unnest(j.points) AS u (x)
    ) AS t
    WHERE (of_analysis IS NULL OR j.analysis_id = of_analysis) AND j.amount <> t.amount
$$;

-- As before, and the new roll-up.
ALTER FUNCTION entente.rollup_differences(text) RENAME TO throughput_rollup_differences;
CREATE FUNCTION entente.rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    SELECT * FROM entente.throughput_rollup_differences(of_analysis)
    UNION ALL
    SELECT * FROM entente.judged_rollup_differences(of_analysis)
    ORDER BY 1, 2, 3, 4
$$;

-- Views ----------------------------------------------------------------------------------------------------------

-- What one of a metric's points, or of its areas, is made of.
CREATE FUNCTION entente.judged_unit(metric text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN metric IN ('deletion', 'insertion', 'score') THEN 1e9 ELSE 1 END::double precision
$$;

CREATE VIEW entente.image_judgements AS
SELECT v.*, array_to_string(v.curve, ', ') AS curve_text FROM (
    SELECT j.analysis_id, j.image_id, j.subject, j.variant, j.metric, l.class_id AS label, j.draws,
        ARRAY(SELECT x / (j.draws * entente.judged_unit(j.metric)) FROM unnest(j.points) WITH ORDINALITY AS u (x, place)
            ORDER BY place) AS curve,
        j.amount / (g.doubled * j.draws * entente.judged_unit(j.metric)) AS area,
        j.amount / (g.doubled * j.draws * entente.judged_unit(j.metric)) / nullif(g.steps, 0) AS step_mean,
        j.difference / (g.doubled * j.draws * entente.judged_unit(j.metric)) AS difference
    FROM entente.judged_results AS j
    CROSS JOIN LATERAL (
        SELECT cardinality(j.points) - 1 AS steps, CASE WHEN cardinality(j.points) > 1 THEN 2 ELSE 1 END AS doubled
    ) AS g
    LEFT JOIN entente.classes AS l ON l.analysis_id = j.analysis_id AND l.class_index = j.label_index
) AS v;

CREATE VIEW entente.class_faithfulness AS
SELECT a.analysis_id, a.name, s.label_index AS class_index, k.class_id, k.name AS class_name, s.subject AS part_method,
    s.variant, s.metric, s.images, s.area, s.area - s.half AS area_low, s.area + s.half AS area_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT r.label_index, r.subject, r.variant, r.metric, sum(r.images)::bigint AS images,
        sum(r.amount)::double precision / (2 * sum(r.draws)::double precision * entente.judged_unit(r.metric)) AS area,
        entente.half_width(sum(r.amount), sum(r.amount_squared), sum(r.images)) * sum(r.images)::double precision
            / (2 * sum(r.draws)::double precision * entente.judged_unit(r.metric)) AS half
    FROM entente.judged_rollups AS r
    WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0 AND r.subject <> 'foreground'
    GROUP BY r.label_index, r.subject, r.variant, r.metric HAVING sum(r.images) > 0
) AS s
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = s.label_index;

CREATE VIEW entente.faithfulness_summary AS
SELECT a.analysis_id, a.name, p.*, array_to_string(p.curve, ', ') AS curve_text
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.subject AS part_method, s.metric, max(s.images) FILTER (WHERE s.is_own) AS images,
        max(s.steps) FILTER (WHERE s.is_own) AS steps,
        max(s.area) FILTER (WHERE s.is_own) AS area, max(s.area - s.half) FILTER (WHERE s.is_own) AS area_low,
        max(s.area + s.half) FILTER (WHERE s.is_own) AS area_high,
        max(s.area / s.steps) FILTER (WHERE s.is_own) AS step_mean,
        max((s.area - s.half) / s.steps) FILTER (WHERE s.is_own) AS step_mean_low,
        max((s.area + s.half) / s.steps) FILTER (WHERE s.is_own) AS step_mean_high,
        max(s.curve) FILTER (WHERE s.is_own) AS curve,
        max(s.area) FILTER (WHERE s.variant = 'random_order') AS random_order_area,
        max(s.area - s.half) FILTER (WHERE s.variant = 'random_order') AS random_order_area_low,
        max(s.area + s.half) FILTER (WHERE s.variant = 'random_order') AS random_order_area_high,
        max(s.difference) FILTER (WHERE s.variant = 'random_order') AS over_random_order,
        max(s.difference - s.difference_half) FILTER (WHERE s.variant = 'random_order') AS over_random_order_low,
        max(s.difference + s.difference_half) FILTER (WHERE s.variant = 'random_order') AS over_random_order_high,
        max(s.area) FILTER (WHERE s.variant = 'random_regions') AS random_regions_area,
        max(s.area - s.half) FILTER (WHERE s.variant = 'random_regions') AS random_regions_area_low,
        max(s.area + s.half) FILTER (WHERE s.variant = 'random_regions') AS random_regions_area_high,
        max(s.difference) FILTER (WHERE s.variant = 'random_regions') AS over_random_regions,
        max(s.difference - s.difference_half) FILTER (WHERE s.variant = 'random_regions') AS over_random_regions_low,
        max(s.difference + s.difference_half) FILTER (WHERE s.variant = 'random_regions') AS over_random_regions_high
    FROM (
        SELECT t.subject, t.variant, t.metric, t.variant = 'importance' AS is_own, t.images::bigint AS images,
            cardinality(t.points) - 1 AS steps, t.amount::double precision / t.images::double precision / t.unit AS area,
            entente.half_width(t.amount, t.amount_squared, t.images) / t.unit AS half,
            t.difference::double precision / nullif(t.compared, 0)::double precision / t.unit AS difference,
            entente.half_width(t.difference, t.difference_squared, t.compared) / t.unit AS difference_half,
            ARRAY(SELECT 2 * x / t.images / t.unit FROM unnest(t.points) WITH ORDINALITY AS u (x, place)
                ORDER BY place) AS curve
        FROM (
            SELECT r.subject, r.variant, r.metric, sum(r.images) AS images, entente.sum_curves(r.points) AS points,
                sum(r.amount) AS amount, sum(r.amount_squared) AS amount_squared, sum(r.compared) AS compared,
                sum(r.difference) AS difference, sum(r.difference_squared) AS difference_squared,
                -- An image's amounts in one area: twice, for every draw.
                2 * (sum(r.draws) / nullif(sum(r.images), 0))::double precision * entente.judged_unit(r.metric) AS unit
            FROM entente.judged_rollups AS r
            WHERE r.analysis_id = a.analysis_id AND r.label_index = -2 AND r.subject <> 'foreground'
            GROUP BY r.subject, r.variant, r.metric
        ) AS t WHERE t.images > 0
    ) AS s GROUP BY s.subject, s.metric
) AS p;

CREATE VIEW entente.foreground_summary AS
SELECT a.analysis_id, a.name, p.*
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT t.variant AS stage, t.images, t.score / t.images / 1e9::double precision AS score,
        t.score / t.images / 1e9::double precision - h.score AS score_low,
        t.score / t.images / 1e9::double precision + h.score AS score_high,
        t.agreement / t.images::double precision AS agreement,
        entente.share_low(t.agreement, t.images) AS agreement_low,
        entente.share_high(t.agreement, t.images) AS agreement_high, t.labelled,
        t.hits / nullif(t.labelled, 0)::double precision AS top_1, entente.share_low(t.hits, t.labelled) AS top_1_low,
        entente.share_high(t.hits, t.labelled) AS top_1_high,
        (t.hits + t.lost) / nullif(t.labelled, 0)::double precision AS whole_top_1,
        entente.share_low(t.hits + t.lost, t.labelled) AS whole_top_1_low,
        entente.share_high(t.hits + t.lost, t.labelled) AS whole_top_1_high,
        t.lost / nullif(t.labelled, 0)::double precision AS lost,
        t.lost / nullif(t.labelled, 0)::double precision - h.lost AS lost_low,
        t.lost / nullif(t.labelled, 0)::double precision + h.lost AS lost_high
    FROM (
        SELECT r.variant, sum(r.images) FILTER (WHERE r.metric = 'score')::bigint AS images,
            sum(r.amount) FILTER (WHERE r.metric = 'score')::double precision AS score,
            sum(r.amount) FILTER (WHERE r.metric = 'score') AS score_sum,
            sum(r.amount_squared) FILTER (WHERE r.metric = 'score') AS score_squared,
            sum(r.amount) FILTER (WHERE r.metric = 'agreement')::bigint AS agreement,
            sum(r.images) FILTER (WHERE r.metric = 'top_1')::bigint AS labelled,
            sum(r.amount) FILTER (WHERE r.metric = 'top_1')::bigint AS hits,
            sum(r.difference) FILTER (WHERE r.metric = 'top_1')::bigint AS lost,
            sum(r.difference_squared) FILTER (WHERE r.metric = 'top_1') AS lost_squared
        FROM entente.judged_rollups AS r
        WHERE r.analysis_id = a.analysis_id AND r.label_index = -2 AND r.subject = 'foreground'
        GROUP BY r.variant
    ) AS t
    CROSS JOIN LATERAL (
        SELECT entente.half_width(t.score_sum, t.score_squared, t.images) / 1e9 AS score,
            entente.half_width(t.lost, t.lost_squared, t.labelled) AS lost
        -- As in analysis_summary.
        OFFSET 0
    ) AS h
    WHERE t.images > 0
) AS p;

COMMENT ON VIEW entente.image_judgements IS
    'How one image''s explanations were judged, one row an explainer, order of its regions, and metric; filter by analysis_id.';
COMMENT ON COLUMN entente.image_judgements.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_judgements.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_judgements.subject IS 'The part method that is judged, or foreground.';
COMMENT ON COLUMN entente.image_judgements.variant IS
    'importance, or a null beside it: random_order, random_regions; of the foreground nearest, component or crf.';
COMMENT ON COLUMN entente.image_judgements.metric IS
    'deletion, insertion, acc_drop, acc_inc; of the foreground score, agreement, top_1.';
COMMENT ON COLUMN entente.image_judgements.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.image_judgements.draws IS 'Random draws that the curve is the mean of.';
COMMENT ON COLUMN entente.image_judgements.curve IS
    'After 0, 1, … steps: 2.5 × cosine with the predicted class, or share of draws that are right.';
COMMENT ON COLUMN entente.image_judgements.curve_text IS 'curve, with commas between.';
COMMENT ON COLUMN entente.image_judgements.area IS 'Area below the curve at steps of 1; of a single point the point.';
COMMENT ON COLUMN entente.image_judgements.step_mean IS 'area a step; null of a single point.';
COMMENT ON COLUMN entente.image_judgements.difference IS
    'Of a null: area by importance less this area; of the foreground: of the whole picture less this; else null.';

COMMENT ON VIEW entente.class_faithfulness IS
    'Areas of the images that are labelled as a class, one row a part method, order of its regions, and metric.';
COMMENT ON COLUMN entente.class_faithfulness.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_faithfulness.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_faithfulness.class_index IS 'The class''s place in the analysis.';
COMMENT ON COLUMN entente.class_faithfulness.class_id IS 'The class.';
COMMENT ON COLUMN entente.class_faithfulness.class_name IS 'Its name.';
COMMENT ON COLUMN entente.class_faithfulness.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.class_faithfulness.variant IS 'importance, or a null beside it: random_order, random_regions.';
COMMENT ON COLUMN entente.class_faithfulness.metric IS 'deletion, insertion, acc_drop or acc_inc.';
COMMENT ON COLUMN entente.class_faithfulness.images IS 'Images that the area is the mean of.';
COMMENT ON COLUMN entente.class_faithfulness.area IS 'Mean area at steps of 1.';

COMMENT ON VIEW entente.faithfulness_summary IS
    'One row an analysis that judges its explanations, part method and metric, with the nulls'' areas beside it.';
COMMENT ON COLUMN entente.faithfulness_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.faithfulness_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.faithfulness_summary.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.faithfulness_summary.metric IS
    'deletion and acc_drop: low is better; insertion and acc_inc: high is better.';
COMMENT ON COLUMN entente.faithfulness_summary.images IS 'Images that the area is the mean of; of acc_drop and acc_inc those with a label.';
COMMENT ON COLUMN entente.faithfulness_summary.steps IS 'L, steps of a curve.';
COMMENT ON COLUMN entente.faithfulness_summary.area IS
    'Mean area at steps of 1, of scores (2.5 × cosine with the predicted class) or accuracy: between 0 and steps.';
COMMENT ON COLUMN entente.faithfulness_summary.step_mean IS 'area a step.';
COMMENT ON COLUMN entente.faithfulness_summary.curve IS 'Mean curve, after 0, 1, … steps.';
COMMENT ON COLUMN entente.faithfulness_summary.curve_text IS 'curve, with commas between.';
COMMENT ON COLUMN entente.faithfulness_summary.random_order_area IS
    'The area with the same regions in random order; null if the analysis does without.';
COMMENT ON COLUMN entente.faithfulness_summary.over_random_order IS 'Mean over the images of area less random_order_area.';
COMMENT ON COLUMN entente.faithfulness_summary.random_regions_area IS
    'The area with the regions elsewhere in the picture; null if the analysis does without.';
COMMENT ON COLUMN entente.faithfulness_summary.over_random_regions IS 'Mean over the images of area less random_regions_area.';

COMMENT ON VIEW entente.foreground_summary IS
    'What the model says of the foreground with the rest blurred, one row an analysis that asks for it and stage.';
COMMENT ON COLUMN entente.foreground_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.foreground_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.foreground_summary.stage IS
    'nearest: what passed the threshold; component: the components that are kept; crf: as refined.';
COMMENT ON COLUMN entente.foreground_summary.images IS 'Images.';
COMMENT ON COLUMN entente.foreground_summary.score IS 'Mean of 2.5 × cosine with the class predicted for the whole picture.';
COMMENT ON COLUMN entente.foreground_summary.agreement IS 'Share of images that are classified as the whole picture is.';
COMMENT ON COLUMN entente.foreground_summary.labelled IS 'Images with a label; accuracy is over these.';
COMMENT ON COLUMN entente.foreground_summary.top_1 IS 'Share of labelled images whose label is predicted from the foreground.';
COMMENT ON COLUMN entente.foreground_summary.whole_top_1 IS 'The same from the whole picture.';
COMMENT ON COLUMN entente.foreground_summary.lost IS 'whole_top_1 - top_1.';

DO $$
DECLARE
    bound record;
BEGIN
    FOR bound IN
        SELECT c.oid::regclass AS view, a.attname AS name, m[1] AS of_what, m[2] = 'low' AS is_low,
            m[1] IN ('agreement', 'top_1', 'whole_top_1') AS is_share
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        CROSS JOIN LATERAL regexp_match(a.attname, '^(.*)_(low|high)$') AS m
        WHERE c.relnamespace = 'entente'::regnamespace
            AND c.relname IN ('class_faithfulness', 'faithfulness_summary', 'foreground_summary') AND m IS NOT NULL
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', bound.view, bound.name, format(
            '%s end of the 95 %% interval of %s, %s.', CASE WHEN bound.is_low THEN 'Lower' ELSE 'Upper' END,
            bound.of_what, CASE WHEN bound.is_share THEN 'Wilson''s; null without images'
                ELSE 'Student''s, of images as independent draws; null of fewer than two' END));
    END LOOP;
END $$;
