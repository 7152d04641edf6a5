-- Fills a migrated, empty database in bulk, as so many analyses of the same images would have left it: first
--
--     SET fill.analyses = 20; SET fill.images = 50000;
--     SET fill.pictures = 'file:///pictures/0.jpeg 5d0a…'
--
-- with a line of URI and SHA-256 a picture that there is, which the images take in turns; without any they lie in files that
-- nobody has.
--
-- Needs a superuser, because triggers are off meanwhile: what they keep is computed by the same statements that
-- `entente verify` compares with. Everything follows from hashes, so that two runs give the same rows.

SET session_replication_role = replica;
SET synchronous_commit = off;

-- A number from 0 up to `below`, the same for the same words.
CREATE FUNCTION pg_temp.pick(of_what text, seed integer, below integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (hashtextextended(of_what, seed) & 2147483647)::integer % below
$$;

CREATE TEMP TABLE constants AS
SELECT 1000 AS classes, 4000 AS bank, 50 AS said, 12 AS partitions, 50 AS images_a_job,
    timestamptz '2026-01-01 00:00+00' AS began;

-- Both estimators of n seen descriptors, k of them among the 50 said, in nano-nats; 0 where nothing is shared.
CREATE TEMP TABLE amounts AS
SELECT n, k, CASE WHEN k = 0 THEN 0 ELSE round(1e9 * ln((n * said * k)::numeric))::bigint END AS released,
    round(1e9 * (
        SELECT sum(CASE WHEN cell = 0 THEN 0 ELSE cell / bank * ln(cell * bank / (side * other)) END)
        FROM (VALUES (k::numeric, n::numeric, said::numeric), (n - k, n, bank - said), (said - k, bank - n, said),
            (bank - n - said + k, bank - n, bank - said)) AS c (cell, side, other)
        WHERE side > 0 AND other > 0))::bigint AS membership
FROM (SELECT said, bank::numeric FROM constants) AS c
CROSS JOIN generate_series(0, 15) AS n CROSS JOIN LATERAL generate_series(0, n) AS k;

-- What one part method makes of an image, in 4,096 variants. Seen descriptors are places in a pool that the class
-- has; those below `said` are what is also said of the class.
CREATE TEMP TABLE variants AS
WITH seen AS (
    -- The later a variant, the more is shared.
    SELECT v, place, CASE WHEN pg_temp.pick('mutual ' || v, place, 100) < 25 + v / 120
        THEN (7 * v + 3 * place) % 50 ELSE 50 + (11 * v + 5 * place) % 80 END AS pool
    FROM generate_series(0, 4095) AS v
    CROSS JOIN LATERAL generate_series(1, 4 + pg_temp.pick('count', v, 12)) AS place
),
counted AS (
    SELECT v, array_agg(pool ORDER BY place) AS pool, count(*)::integer AS n
    FROM (SELECT DISTINCT ON (v, pool) v, pool, place FROM seen ORDER BY v, pool, place) AS s GROUP BY v
)
SELECT c.v, c.pool, c.n, curve.released, curve.membership, curve.mutual, curve.overlap,
    array_length(curve.released, 1) AS points,
    ARRAY(SELECT (0.8 - 0.01 * i)::real FROM generate_series(1, c.n) AS i) AS relevances,
    ARRAY(SELECT 1::bigint << pg_temp.pick('part', c.v + i, 5) FROM generate_series(1, c.n) AS i) AS parts,
    decode(string_agg(lpad(to_hex(CASE WHEN b < 3 THEN 255 ELSE b - 3 END), 2, '0'), ''), 'hex') AS grid,
    ARRAY(SELECT (ARRAY[p, 2 * p, 1, 2 * p + 3, 12])[i] FROM generate_series(0, 4) AS p, generate_series(1, 5) AS i
        ORDER BY p, i)::smallint[] AS boxes
FROM counted AS c
CROSS JOIN LATERAL (
    SELECT array_agg(a.released ORDER BY t) AS released, array_agg(a.membership ORDER BY t) AS membership,
        (SELECT array_agg(p < 50 ORDER BY o) FROM unnest(c.pool) WITH ORDINALITY AS u (p, o)) AS mutual,
        (SELECT count(*)::integer FROM unnest(c.pool) AS p WHERE p < 50) AS overlap
    FROM generate_series(0, c.n) AS t
    JOIN amounts AS a ON a.n = c.n - t
        AND a.k = (SELECT count(*) FROM unnest(c.pool[t + 1:]) AS p WHERE p < 50)
) AS curve
CROSS JOIN LATERAL (SELECT pg_temp.pick('patch', 196 * c.v + i, 8) AS b FROM generate_series(1, 196) AS i) AS g
GROUP BY c.v, c.pool, c.n, curve.released, curve.membership, curve.mutual, curve.overlap;
CREATE UNIQUE INDEX ON variants (v);
ANALYZE variants;

-- Analyses, their text side and how their images were sent ---------------------------------------------------------

CREATE TEMP TABLE fills AS
SELECT n, left(encode(sha256(convert_to(canonical, 'UTF8')), 'hex'), 32) AS analysis_id, canonical,
    -- Share of hits, rising with the model; the last ones are as good as the first.
    45 + 2 * (n % 18) AS accuracy, lag(n) OVER (ORDER BY n) AS former
FROM generate_series(1, current_setting('fill.analyses')::integer) AS n
CROSS JOIN LATERAL (SELECT format('{"fill":%s,"images":%s}', n, current_setting('fill.images')) AS canonical) AS j;

INSERT INTO entente.analyses (analysis_id, name, canonical_json, method_revision, model_weights, setting_digest)
SELECT analysis_id, 'imagenet-val-model-' || lpad(n::text, 2, '0'), canonical, 1,
    encode(sha256(convert_to('weights ' || n, 'UTF8')), 'hex'), encode(sha256('one setting'), 'hex')
FROM fills;
INSERT INTO entente.analysis_names (name, analysis_id) SELECT name, analysis_id FROM entente.analyses;
INSERT INTO entente.classes (analysis_id, class_index, class_id, name)
SELECT analysis_id, c, 'n' || lpad((1440764 + 137 * c)::text, 8, '0'), 'class number ' || c
FROM fills, constants, generate_series(0, classes - 1) AS c;
INSERT INTO entente.descriptors (analysis_id, descriptor_index, descriptor)
SELECT analysis_id, d, format('a %s %s with a %s %s', (ARRAY['round', 'long', 'striped', 'soft', 'dark'])[1 + d % 5],
    (ARRAY['body', 'head', 'tail', 'wing', 'handle', 'leaf', 'wheel', 'edge'])[1 + d / 5 % 8],
    (ARRAY['pale', 'red', 'bright', 'rough'])[1 + d / 40 % 4], 'mark number ' || d / 160)
FROM fills, constants, generate_series(0, bank - 1) AS d;
INSERT INTO entente.class_language_concepts (analysis_id, class_index, rank, descriptor_index, similarity)
SELECT analysis_id, c, r, (4 * c + r) % bank, 0.9 - 0.01 * r
FROM fills, constants, generate_series(0, classes - 1) AS c, generate_series(0, said - 1) AS r;
INSERT INTO entente.submissions (submission_id, analysis_id, kind, replayed_from, images, jobs, jobs_produced,
    created_at, finished_at)
SELECT 'submission-' || f.n, f.analysis_id, CASE WHEN o.n IS NULL THEN 'submit' ELSE 'replay' END, o.analysis_id,
    images, images / images_a_job, images / images_a_job, began + f.n * interval '8 hours',
    began + f.n * interval '8 hours'
FROM fills AS f LEFT JOIN fills AS o ON o.n = f.former
CROSS JOIN (SELECT *, current_setting('fill.images')::bigint AS images FROM constants) AS c ORDER BY f.n;

-- Images and results ------------------------------------------------------------------------------------------------

-- A folder a class, submitted in order: a job's images share class, partition and so shard.
CREATE TEMP TABLE files AS
SELECT place - 1 AS place, split_part(line, ' ', 1) AS uri, split_part(line, ' ', 2) AS sha256
FROM regexp_split_to_table(current_setting('fill.pictures', true), '\n') WITH ORDINALITY AS t (line, place) WHERE line <> '';
CREATE TEMP TABLE pictures AS
SELECT i, label, pg_temp.pick('job', i / images_a_job, partitions) AS shard, image_id,
    coalesce(f.uri, 'file:///data/imagenet/val/' || image_id) AS uri,
    coalesce(f.sha256, encode(sha256(convert_to(i::text, 'UTF8')), 'hex')) AS sha256
FROM constants
CROSS JOIN (SELECT current_setting('fill.images')::integer AS images) AS g
CROSS JOIN LATERAL generate_series(0, images - 1) AS i
CROSS JOIN LATERAL (SELECT (i::bigint * classes / images)::integer AS label) AS l
CROSS JOIN LATERAL format('n%s/ILSVRC2012_val_%s.JPEG', lpad((1440764 + 137 * label)::text, 8, '0'), lpad(i::text, 8, '0'))
    AS n (image_id)
LEFT JOIN files AS f ON f.place = i % nullif((SELECT count(*) FROM files), 0);

-- One image in 500 failed.
INSERT INTO entente.images (analysis_id, image_id, uri, sha256, label, submission, shard, state, state_shard)
SELECT f.analysis_id, p.image_id, p.uri, p.sha256,
    'n' || lpad((1440764 + 137 * p.label)::text, 8, '0'), s.sequence, 64,
    CASE WHEN p.i % 500 = 7 THEN 'failed' ELSE 'done' END, p.shard
FROM fills AS f JOIN entente.submissions AS s USING (analysis_id) CROSS JOIN pictures AS p ORDER BY f.n, p.i;

INSERT INTO entente.image_results (analysis_id, image_id, label_index, predicted_index, top_classes, top_similarities,
    sha256, submission, worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds,
    encode_microseconds, concepts_microseconds, shard, written_at)
SELECT f.analysis_id, p.image_id, p.label, t.top[1], t.top, '{0.31,0.29,0.27,0.26,0.24}', p.sha256, s.sequence,
    'worker-' || p.shard % 4, 'SkylakeX', 1, 60, 700, 2400000, 9000, p.shard,
    -- 50,000 images in seven hours.
    began + f.n * interval '8 hours' + p.i * interval '500 milliseconds'
FROM fills AS f JOIN entente.submissions AS s USING (analysis_id)
CROSS JOIN constants CROSS JOIN pictures AS p
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_temp.pick('hit ' || p.i, f.n, 100) < f.accuracy THEN p.label
        ELSE (p.label + 1 + pg_temp.pick('near ' || p.i, f.n, 10)) % classes END AS predicted
) AS k
CROSS JOIN LATERAL (
    SELECT ARRAY[k.predicted,
        CASE WHEN k.predicted = p.label OR p.i % 7 = 0 THEN (p.label + 17) % classes ELSE p.label END, (p.label + 23) % classes, (p.label + 29) % classes, (p.label + 31) % classes] AS top
) AS t
WHERE p.i % 500 <> 7
ORDER BY f.n, p.i;

INSERT INTO entente.part_results (analysis_id, image_id, part_method, label_index, predicted_index, shard, vision_count,
    language_count, overlap, mi_released, auc_released, curve_released, mi_membership, auc_membership, curve_membership,
    nmi_max, ami, p_value, vision_descriptors, vision_relevances, vision_parts, vision_mutual, grid_height, grid_width,
    grid, boxes, flags)
SELECT r.analysis_id, r.image_id, m.part_method, r.label_index, r.predicted_index, r.shard, v.n, said, v.overlap,
    v.released[1], (SELECT sum(x)::bigint FROM unnest(v.released) AS u (x)) / v.points, v.released,
    v.membership[1], (SELECT sum(x)::bigint FROM unnest(v.membership) AS u (x)) / v.points, v.membership,
    0.05, 0.03, 0.01, ARRAY(SELECT (4 * r.predicted_index + p) % bank FROM unnest(v.pool) AS p), v.relevances, v.parts,
    v.mutual, 14, 14, v.grid, v.boxes, '{}'
FROM entente.image_results AS r CROSS JOIN constants
CROSS JOIN (VALUES ('kmeans'), ('pca')) AS m (part_method)
JOIN fills AS f USING (analysis_id)
JOIN variants AS v ON v.v = 30 * (f.accuracy - 45) + pg_temp.pick(m.part_method || r.image_id, f.n, 3000);

-- The first analysis judges its explanations: five steps down or up, each null a little flatter, and the foreground alone.
INSERT INTO entente.judged_results (analysis_id, image_id, subject, variant, metric, label_index, shard, draws, points,
    amount, difference)
SELECT j.analysis_id, j.image_id, j.subject, j.variant, j.metric, j.label_index, j.shard, 1, j.points, j.amount,
    CASE WHEN j.variant <> 'importance' THEN first_value(j.amount) OVER (
        PARTITION BY j.analysis_id, j.image_id, j.subject, j.metric ORDER BY j.variant <> 'importance') - j.amount END
FROM (
    SELECT w.*, 2 * (SELECT sum(x) FROM unnest(w.points) AS u (x))::bigint - w.points[1] - w.points[6] AS amount
    FROM (
        SELECT r.analysis_id, r.image_id, r.label_index, r.shard, s.subject, v.variant, m.metric,
            ARRAY(
                SELECT CASE WHEN m.unit = 1
                    THEN (pg_temp.pick(r.image_id || s.subject || v.variant, k, 100) < f.accuracy + m.sign * v.slope * k / 5)::integer
                    ELSE m.unit + m.sign * (5000000::bigint * v.slope * k
                        + pg_temp.pick(r.image_id || s.subject || v.variant, k, 4000000)) END::bigint
                FROM generate_series(0, 5) AS k ORDER BY k) AS points
        FROM entente.image_results AS r JOIN fills AS f ON f.analysis_id = r.analysis_id AND f.n = 1
        CROSS JOIN (VALUES ('kmeans'), ('pca')) AS s (subject)
        CROSS JOIN (VALUES ('importance', 6), ('random_order', 5), ('random_regions', 4)) AS v (variant, slope)
        CROSS JOIN (VALUES ('deletion', 700000000::bigint, -1), ('insertion', 600000000, 1), ('acc_drop', 1, -1),
            ('acc_inc', 1, 1)) AS m (metric, unit, sign)
    ) AS w
) AS j;
INSERT INTO entente.judged_results (analysis_id, image_id, subject, variant, metric, label_index, shard, draws, points,
    amount, difference)
SELECT r.analysis_id, r.image_id, 'foreground', v.stage, m.metric, r.label_index, r.shard, 1, ARRAY[p.point], p.point,
    CASE m.metric WHEN 'score' THEN 700000000 - p.point WHEN 'top_1' THEN r.hit_at_1::integer - p.point END
FROM entente.image_results AS r JOIN fills AS f ON f.analysis_id = r.analysis_id AND f.n = 1
CROSS JOIN (VALUES ('nearest'), ('component'), ('crf')) AS v (stage)
CROSS JOIN (VALUES ('score'), ('agreement'), ('top_1')) AS m (metric)
CROSS JOIN LATERAL (
    SELECT CASE m.metric WHEN 'score' THEN 650000000 + pg_temp.pick(r.image_id, 1, 40000000)
        WHEN 'agreement' THEN (pg_temp.pick(r.image_id || v.stage, 2, 100) < 90)::integer
        ELSE (pg_temp.pick(r.image_id || v.stage, 3, 100) < f.accuracy)::integer END::bigint AS point
) AS p;

INSERT INTO entente.failed_images (topic, partition, message_offset, analysis_id, image_id, kind, message, worker,
    shard, failed_at)
SELECT 'entente.image-jobs', p.shard, 1000 * f.n + p.i / images_a_job, f.analysis_id, p.image_id,
    (ARRAY['not_found', 'damaged_image', 'too_large'])[1 + p.i % 3], 'The picture can''t be read.', 'worker-0', p.shard,
    began + f.n * interval '8 hours' + p.i * interval '500 milliseconds'
FROM fills AS f CROSS JOIN constants CROSS JOIN pictures AS p WHERE p.i % 500 = 7;
INSERT INTO entente.job_offsets (consumer_group, topic, partition, epoch, owner, next_offset)
SELECT 'entente', 'entente.image-jobs', p, 1, 'worker-' || p % 4, 20000
FROM constants, generate_series(0, partitions - 1) AS p;

-- What triggers keep ---------------------------------------------------------------------------------------------

INSERT INTO entente.progress_rollups SELECT * FROM entente.recomputed_progress_rollups(NULL);
INSERT INTO entente.image_rollups SELECT * FROM entente.recomputed_image_rollups(NULL);
INSERT INTO entente.part_rollups SELECT * FROM entente.recomputed_part_rollups(NULL);
INSERT INTO entente.concept_rollups SELECT * FROM entente.recomputed_concept_rollups(NULL);
INSERT INTO entente.judged_rollups SELECT * FROM entente.recomputed_judged_rollups(NULL);
INSERT INTO entente.throughput_rollups SELECT * FROM entente.recomputed_throughput_rollups(NULL);
RESET session_replication_role;
