-- oldest worker: 1
--
-- What dashboards ask for and the views of before did not answer, or not fast enough at a million images: how many
-- images a minute, who is at which partition, and what a replay changed, out of roll-ups.

-- Images a minute -------------------------------------------------------------------------------------------------

-- Kept like the roll-ups of 0004: integer sums, one cell a shard, in key order behind the shard's lock.
CREATE TABLE entente.throughput_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    minute timestamptz NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    fetch_microseconds bigint NOT NULL,
    decode_microseconds bigint NOT NULL,
    encode_microseconds bigint NOT NULL,
    concepts_microseconds bigint NOT NULL,
    PRIMARY KEY (analysis_id, minute, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN entente.throughput_rollups.minute IS 'In which the result''s transaction began.';

CREATE FUNCTION entente.throughput_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, date_bin('1 minute', written_at, timestamptz 'epoch') AS minute, shard,
            sum(sign)::bigint AS images, sum(sign * fetch_microseconds::bigint)::bigint AS fetch_microseconds,
            sum(sign * decode_microseconds::bigint)::bigint AS decode_microseconds,
            sum(sign * encode_microseconds::bigint)::bigint AS encode_microseconds,
            sum(sign * concepts_microseconds::bigint)::bigint AS concepts_microseconds
        FROM (%s) AS signed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    $f$, source)
$$;

DO $migration$
DECLARE
    event text;
    source text;
    referencing text;
    delta text;
BEGIN
    FOR event, source, referencing IN VALUES
        ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n', 'NEW TABLE AS new_rows'),
        ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o', 'OLD TABLE AS old_rows'),
        ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o',
            'OLD TABLE AS old_rows NEW TABLE AS new_rows')
    LOOP
        delta := entente.throughput_delta_sql(source);
        EXECUTE format($f$
            CREATE FUNCTION entente.roll_up_throughput_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                INSERT INTO entente.throughput_rollups AS r %2$s
                ON CONFLICT (analysis_id, minute, shard) DO UPDATE SET images = r.images + excluded.images,
                    fetch_microseconds = r.fetch_microseconds + excluded.fetch_microseconds,
                    decode_microseconds = r.decode_microseconds + excluded.decode_microseconds,
                    encode_microseconds = r.encode_microseconds + excluded.encode_microseconds,
                    concepts_microseconds = r.concepts_microseconds + excluded.concepts_microseconds;
                RETURN NULL;
            END $body$
        $f$, event, delta);
        EXECUTE format(
            'CREATE TRIGGER b_roll_up_throughput_on_%1$s AFTER %1$s ON entente.image_results REFERENCING %2$s '
            'FOR EACH STATEMENT EXECUTE FUNCTION entente.roll_up_throughput_on_%1$s()', event, referencing);
    END LOOP;
    EXECUTE format('CREATE FUNCTION entente.recomputed_throughput_rollups(of_analysis text) '
        'RETURNS SETOF entente.throughput_rollups LANGUAGE sql STABLE AS $body$ %s $body$',
        entente.throughput_delta_sql('SELECT 1 AS sign, i.* FROM entente.image_results AS i '
            'WHERE $1 IS NULL OR i.analysis_id = $1'));
END $migration$;
DROP FUNCTION entente.throughput_delta_sql(text);

-- The triggers above have locked out writers until this transaction ends.
INSERT INTO entente.throughput_rollups SELECT * FROM entente.recomputed_throughput_rollups(NULL);

-- As before, and the new roll-up.
ALTER FUNCTION entente.rollup_differences(text) RENAME TO score_rollup_differences;
CREATE FUNCTION entente.rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    SELECT * FROM entente.score_rollup_differences(of_analysis)
    UNION ALL
    SELECT 'throughput_rollups', d.analysis_id, d.minute::text, q.quantity, q.stored::text, q.recomputed::text
    FROM (
        -- What is stored counts with 1, what is recomputed with 0.
        SELECT r.analysis_id, r.minute,
            sum(kept * images) AS images, sum((1 - kept) * images) AS images_anew,
            sum(kept * fetch_microseconds) AS fetch, sum((1 - kept) * fetch_microseconds) AS fetch_anew,
            sum(kept * decode_microseconds) AS decode, sum((1 - kept) * decode_microseconds) AS decode_anew,
            sum(kept * encode_microseconds) AS encode, sum((1 - kept) * encode_microseconds) AS encode_anew,
            sum(kept * concepts_microseconds) AS concepts, sum((1 - kept) * concepts_microseconds) AS concepts_anew
        FROM (SELECT 1 AS kept, * FROM entente.throughput_rollups
            UNION ALL SELECT 0, * FROM entente.recomputed_throughput_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.minute
    ) AS d
    CROSS JOIN LATERAL (VALUES ('images', d.images, d.images_anew), ('fetch_microseconds', d.fetch, d.fetch_anew),
        ('decode_microseconds', d.decode, d.decode_anew), ('encode_microseconds', d.encode, d.encode_anew),
        ('concepts_microseconds', d.concepts, d.concepts_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    ORDER BY 1, 2, 3, 4
$$;

CREATE VIEW entente.analysis_throughput AS
SELECT a.analysis_id, a.name, t.minute, t.images, t.fetch / 1e6::double precision AS fetch_seconds,
    t.decode / 1e6::double precision AS decode_seconds, t.encode / 1e6::double precision AS encode_seconds,
    t.concepts / 1e6::double precision AS concepts_seconds
FROM (
    SELECT r.analysis_id, r.minute, sum(r.images)::bigint AS images, sum(r.fetch_microseconds) AS fetch,
        sum(r.decode_microseconds) AS decode, sum(r.encode_microseconds) AS encode,
        sum(r.concepts_microseconds) AS concepts
    FROM entente.throughput_rollups AS r GROUP BY r.analysis_id, r.minute HAVING sum(r.images) > 0
) AS t
JOIN entente.analyses AS a USING (analysis_id);
COMMENT ON VIEW entente.analysis_throughput IS
    'Images with a result by the minute in which it was written; minutes without one have no row.';
COMMENT ON COLUMN entente.analysis_throughput.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_throughput.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_throughput.minute IS 'Its beginning.';
COMMENT ON COLUMN entente.analysis_throughput.images IS 'Images whose result was written in it.';
COMMENT ON COLUMN entente.analysis_throughput.fetch_seconds IS 'Time it took to fetch them, added up over images.';
COMMENT ON COLUMN entente.analysis_throughput.decode_seconds IS 'Likewise to decode and resize.';
COMMENT ON COLUMN entente.analysis_throughput.encode_seconds IS
    'Likewise in the encoder, each image''s share of what is encoded together.';
COMMENT ON COLUMN entente.analysis_throughput.concepts_seconds IS 'Likewise for parts, concepts and agreement.';

-- Who is where ----------------------------------------------------------------------------------------------------

CREATE VIEW entente.partition_progress AS
SELECT o.consumer_group, o.topic, o.partition, o.owner, o.epoch, o.next_offset, o.updated_at, j.jobs_in_flight,
    j.suspects, j.oldest_taken_at
FROM entente.job_offsets AS o
CROSS JOIN LATERAL (
    SELECT count(*) AS jobs_in_flight, count(*) FILTER (WHERE f.is_suspect) AS suspects,
        min(f.taken_at) AS oldest_taken_at
    FROM entente.in_flight_jobs AS f
    WHERE f.consumer_group = o.consumer_group AND f.topic = o.topic AND f.partition = o.partition
) AS j;
COMMENT ON VIEW entente.partition_progress IS
    'How far each partition is and who has it. How many messages wait in it Kafka knows: entente_consumer_lag.';
COMMENT ON COLUMN entente.partition_progress.consumer_group IS 'Consumer group of the workers.';
COMMENT ON COLUMN entente.partition_progress.topic IS 'Topic of image jobs.';
COMMENT ON COLUMN entente.partition_progress.partition IS 'Partition of the topic.';
COMMENT ON COLUMN entente.partition_progress.owner IS 'The worker that claimed it last.';
COMMENT ON COLUMN entente.partition_progress.epoch IS 'How often it was claimed.';
COMMENT ON COLUMN entente.partition_progress.next_offset IS
    'First offset whose outcome is not in the tables; null before the first.';
COMMENT ON COLUMN entente.partition_progress.updated_at IS 'When it last got on or was claimed.';
COMMENT ON COLUMN entente.partition_progress.jobs_in_flight IS 'Jobs that were taken and whose outcome is not stored.';
COMMENT ON COLUMN entente.partition_progress.suspects IS 'Those of them at which a worker vanished.';
COMMENT ON COLUMN entente.partition_progress.oldest_taken_at IS 'When the first of them was taken; null without any.';

CREATE VIEW entente.submission_progress AS
SELECT s.submission_id, s.analysis_id, a.name, s.kind, s.force, s.replayed_from, s.images, s.jobs, s.jobs_produced,
    s.created_at, s.finished_at, s.cancelled_at
FROM entente.submissions AS s JOIN entente.analyses AS a USING (analysis_id);
COMMENT ON VIEW entente.submission_progress IS
    'What was sent for an analysis; what became of its images is in analysis_progress.';
COMMENT ON COLUMN entente.submission_progress.submission_id IS 'The submission.';
COMMENT ON COLUMN entente.submission_progress.analysis_id IS 'The analysis its images are for.';
COMMENT ON COLUMN entente.submission_progress.name IS 'The analysis''s latest name.';
COMMENT ON COLUMN entente.submission_progress.kind IS
    'submit, replay, or foreign: first seen in another producer''s job.';
COMMENT ON COLUMN entente.submission_progress.force IS 'Whether its results replace older ones.';
COMMENT ON COLUMN entente.submission_progress.replayed_from IS 'The analysis whose images a replay sent again.';
COMMENT ON COLUMN entente.submission_progress.images IS 'Images named in it.';
COMMENT ON COLUMN entente.submission_progress.jobs IS 'Jobs that they make.';
COMMENT ON COLUMN entente.submission_progress.jobs_produced IS 'Jobs that the broker has acknowledged.';
COMMENT ON COLUMN entente.submission_progress.created_at IS 'When it was announced.';
COMMENT ON COLUMN entente.submission_progress.finished_at IS
    'When the last job was acknowledged; null while sending, or when it was broken off.';
COMMENT ON COLUMN entente.submission_progress.cancelled_at IS 'When it was called off; null when it was not.';

-- Classes ---------------------------------------------------------------------------------------------------------

CREATE VIEW entente.class_confusion AS
SELECT a.analysis_id, a.name, c.label_index, l.class_id AS label, l.name AS label_name, c.predicted_index,
    k.class_id AS predicted, k.name AS predicted_name, c.images,
    c.images / sum(c.images) OVER (PARTITION BY a.analysis_id, c.label_index)::double precision AS share
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT r.label_index, r.predicted_index, sum(r.images)::bigint AS images
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index, r.predicted_index HAVING sum(r.images) > 0
) AS c
LEFT JOIN entente.classes AS l ON l.analysis_id = a.analysis_id AND l.class_index = c.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = c.predicted_index;
COMMENT ON VIEW entente.class_confusion IS 'How often images of one class were predicted as another, or as itself.';
COMMENT ON COLUMN entente.class_confusion.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_confusion.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_confusion.label_index IS 'Place of the label''s class in the analysis.';
COMMENT ON COLUMN entente.class_confusion.label IS 'Its class id.';
COMMENT ON COLUMN entente.class_confusion.label_name IS 'Its name.';
COMMENT ON COLUMN entente.class_confusion.predicted_index IS 'Place of the predicted class in the analysis.';
COMMENT ON COLUMN entente.class_confusion.predicted IS 'Its class id.';
COMMENT ON COLUMN entente.class_confusion.predicted_name IS 'Its name.';
COMMENT ON COLUMN entente.class_confusion.images IS 'Images with this label and this prediction.';
COMMENT ON COLUMN entente.class_confusion.share IS 'images / all images with this label.';

-- The same rows as before. Class ids are among what is grouped by, so that a filter by class id reaches the index.
CREATE OR REPLACE VIEW entente.class_concept_ranking AS
SELECT a.analysis_id, a.name, c.class_role, c.class_index, c.class_id, c.class_name, c.part_method, c.rank,
    c.descriptor_index, d.descriptor, c.mutual_images, c.vision_images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.class_role, s.class_index, s.class_id, s.part_method
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

-- For lists of one class's images. Not led by analysis_id, for the reason that image_results_by_class has.
CREATE INDEX image_results_by_label ON entente.image_results (label_index, analysis_id);

-- Replays ---------------------------------------------------------------------------------------------------------

CREATE VIEW entente.replays AS
SELECT s.replayed_from AS from_analysis, f.name AS from_name, s.analysis_id AS to_analysis, t.name AS to_name,
    max(s.created_at) AS replayed_at, sum(s.images)::bigint AS images
FROM entente.submissions AS s
JOIN entente.analyses AS f ON f.analysis_id = s.replayed_from
JOIN entente.analyses AS t ON t.analysis_id = s.analysis_id
WHERE s.replayed_from <> s.analysis_id
GROUP BY s.replayed_from, f.name, s.analysis_id, t.name;
COMMENT ON VIEW entente.replays IS 'Pairs of analyses of which one is a replay of the other''s images.';
COMMENT ON COLUMN entente.replays.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replays.from_name IS 'Its latest name.';
COMMENT ON COLUMN entente.replays.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replays.to_name IS 'Its latest name.';
COMMENT ON COLUMN entente.replays.replayed_at IS 'When it was last done.';
COMMENT ON COLUMN entente.replays.images IS 'Images that were sent, added up over the replays of this pair.';

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
    (c.to_mutual / c.to_images - c.from_mutual / c.from_images)::double precision AS delta_mutual_concepts
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id, max(k.name) AS class_name, r.part_method,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.from_analysis), 0) AS from_images,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.to_analysis), 0) AS to_images,
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

CREATE VIEW entente.replay_concept_comparison AS
SELECT p.from_analysis, p.to_analysis, s.scope, s.class_id, c.part_method, c.descriptor,
    coalesce(c.from_mutual, 0)::bigint AS from_mutual_images, coalesce(c.to_mutual, 0)::bigint AS to_mutual_images,
    (coalesce(c.to_mutual, 0) - coalesce(c.from_mutual, 0))::bigint AS delta_mutual_images,
    coalesce(c.from_vision, 0)::bigint AS from_vision_images, coalesce(c.to_vision, 0)::bigint AS to_vision_images
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT 'all' AS scope, NULL::text COLLATE "C" AS class_id, -2 AS from_index, -2 AS to_index
    UNION ALL
    SELECT 'class', t.class_id, f.class_index, t.class_index
    FROM entente.classes AS t
    LEFT JOIN entente.classes AS f ON f.analysis_id = p.from_analysis AND f.class_id = t.class_id
    WHERE t.analysis_id = p.to_analysis
) AS s
CROSS JOIN LATERAL (
    SELECT r.part_method, d.descriptor, sum(r.mutual_images) FILTER (WHERE r.is_old) AS from_mutual,
        sum(r.mutual_images) FILTER (WHERE NOT r.is_old) AS to_mutual,
        sum(r.vision_images) FILTER (WHERE r.is_old) AS from_vision,
        sum(r.vision_images) FILTER (WHERE NOT r.is_old) AS to_vision
    FROM (
        -- Shards are added up before descriptors are looked up.
        SELECT true AS is_old, o.analysis_id, o.part_method, o.descriptor_index,
            sum(o.mutual_images)::bigint AS mutual_images, sum(o.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS o
        WHERE o.analysis_id = p.from_analysis AND o.label_index = s.from_index GROUP BY 2, 3, 4
        UNION ALL
        SELECT false, n.analysis_id, n.part_method, n.descriptor_index, sum(n.mutual_images)::bigint,
            sum(n.vision_images)::bigint
        FROM entente.concept_rollups AS n
        WHERE n.analysis_id = p.to_analysis AND n.label_index = s.to_index GROUP BY 2, 3, 4
    ) AS r
    JOIN entente.descriptors AS d ON d.analysis_id = r.analysis_id AND d.descriptor_index = r.descriptor_index
    GROUP BY r.part_method, d.descriptor HAVING sum(r.vision_images) > 0
) AS c;
COMMENT ON VIEW entente.replay_concept_comparison IS
    'How many images'' encoders agree on a descriptor before and after a replay, out of roll-ups; filter by the pair.';
COMMENT ON COLUMN entente.replay_concept_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_concept_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_concept_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, a class of to_analysis.';
COMMENT ON COLUMN entente.replay_concept_comparison.class_id IS 'Id of the label''s class.';
COMMENT ON COLUMN entente.replay_concept_comparison.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_concept_comparison.descriptor IS 'The descriptor, by which banks are compared.';
COMMENT ON COLUMN entente.replay_concept_comparison.from_mutual_images IS 'Images in which it was a mutual concept.';
COMMENT ON COLUMN entente.replay_concept_comparison.to_mutual_images IS 'Images in which it is one now.';
COMMENT ON COLUMN entente.replay_concept_comparison.delta_mutual_images IS 'to_mutual_images - from_mutual_images.';
COMMENT ON COLUMN entente.replay_concept_comparison.from_vision_images IS 'Images in which it was a vision concept.';
COMMENT ON COLUMN entente.replay_concept_comparison.to_vision_images IS 'Images in which it is one now.';

CREATE VIEW entente.replay_flips AS
SELECT p.from_analysis, p.to_analysis, CASE WHEN c.is_whole THEN 'all' ELSE 'class' END AS scope, c.class_id,
    c.images_both, c.images_only_from, c.images_only_to, c.flips, c.flips_to_right, c.flips_to_wrong
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT grouping(i.label) = 1 AS is_whole, i.label AS class_id,
        count(*) FILTER (WHERE i.in_from AND i.in_to) AS images_both,
        count(*) FILTER (WHERE NOT i.in_to) AS images_only_from,
        count(*) FILTER (WHERE NOT i.in_from) AS images_only_to,
        count(*) FILTER (WHERE i.from_predicted <> i.to_predicted) AS flips,
        count(*) FILTER (WHERE NOT i.from_hit AND i.to_hit) AS flips_to_right,
        count(*) FILTER (WHERE i.from_hit AND NOT i.to_hit) AS flips_to_wrong
    FROM (
        SELECT f.image_id IS NOT NULL AS in_from, t.image_id IS NOT NULL AS in_to,
            coalesce(tl.class_id, fl.class_id) AS label, fp.class_id AS from_predicted, tp.class_id AS to_predicted,
            f.hit_at_1 AS from_hit, t.hit_at_1 AS to_hit
        FROM (SELECT r.image_id, r.label_index, r.predicted_index, r.hit_at_1 FROM entente.image_results AS r
            WHERE r.analysis_id = p.from_analysis) AS f
        FULL JOIN (SELECT r.image_id, r.label_index, r.predicted_index, r.hit_at_1 FROM entente.image_results AS r
            WHERE r.analysis_id = p.to_analysis) AS t ON t.image_id = f.image_id
        LEFT JOIN entente.classes AS fl ON fl.analysis_id = p.from_analysis AND fl.class_index = f.label_index
        LEFT JOIN entente.classes AS tl ON tl.analysis_id = p.to_analysis AND tl.class_index = t.label_index
        LEFT JOIN entente.classes AS fp ON fp.analysis_id = p.from_analysis AND fp.class_index = f.predicted_index
        LEFT JOIN entente.classes AS tp ON tp.analysis_id = p.to_analysis AND tp.class_index = t.predicted_index
    ) AS i
    GROUP BY GROUPING SETS ((i.label), ())
) AS c;
COMMENT ON VIEW entente.replay_flips IS
    'How many predictions a replay changed, by class; reads both analyses'' images, so filter by the pair.';
COMMENT ON COLUMN entente.replay_flips.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_flips.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_flips.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_flips.class_id IS 'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_flips.images_both IS 'Images with a result in both; flips are over these.';
COMMENT ON COLUMN entente.replay_flips.images_only_from IS 'Images with a result in from_analysis alone.';
COMMENT ON COLUMN entente.replay_flips.images_only_to IS 'Images with a result in to_analysis alone.';
COMMENT ON COLUMN entente.replay_flips.flips IS 'Images that are predicted as another class now.';
COMMENT ON COLUMN entente.replay_flips.flips_to_right IS 'Labelled images that were wrong and are right now.';
COMMENT ON COLUMN entente.replay_flips.flips_to_wrong IS 'Labelled images that were right and are wrong now.';

-- Plain joins, so that filters reach indexes, a LIMIT ends early, and concepts are compared for the rows that are shown:
-- for looking at some images of a pair, where replay_image_comparison works out all of them.
CREATE VIEW entente.replay_image_changes AS
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
LEFT JOIN entente.classes AS fp ON fp.analysis_id = g.analysis_id AND fp.class_index = g.predicted_index;
COMMENT ON VIEW entente.replay_image_changes IS
    'What a replay changed in images that both analyses have, one row an image and part method; filter by the pair, and '
    'by label or image.';
COMMENT ON COLUMN entente.replay_image_changes.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_image_changes.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_image_changes.image_id IS 'The image.';
COMMENT ON COLUMN entente.replay_image_changes.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_image_changes.label IS 'Class id of its label in to_analysis; null without one.';
COMMENT ON COLUMN entente.replay_image_changes.from_predicted IS 'Class id of the prediction before.';
COMMENT ON COLUMN entente.replay_image_changes.to_predicted IS 'Class id of the prediction now.';
COMMENT ON COLUMN entente.replay_image_changes.flipped IS 'The two class ids differ.';
COMMENT ON COLUMN entente.replay_image_changes.from_hit IS 'The prediction was the label; null without a label.';
COMMENT ON COLUMN entente.replay_image_changes.to_hit IS 'The prediction is the label now; null without a label.';
COMMENT ON COLUMN entente.replay_image_changes.delta_mi_released IS
    'Mutual information now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.delta_auc_released IS
    'AUC now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.delta_mi_membership IS
    'Mutual information now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.delta_auc_membership IS
    'AUC now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_gained IS
    'Descriptors that both encoders name now and did not before, most relevant first.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_lost IS
    'Descriptors that both encoders named before and do no longer, most relevant first.';

-- Part methods have more names than when the older views were commented.
DO $$
DECLARE
    part_method record;
BEGIN
    FOR part_method IN
        SELECT c.oid::regclass AS view
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'v' AND a.attname = 'part_method'
            AND col_description(c.oid, a.attnum) = 'pca or kmeans.'
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.part_method IS %L', part_method.view,
            'pca or kmeans; behind @ the dense method whose features it groups, behind + the one that reads its parts.');
    END LOOP;
END
$$;
