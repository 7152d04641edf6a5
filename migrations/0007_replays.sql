-- oldest worker: 1
--
-- Sending again: submissions that are called off, dead letters that are given another chance, and what a replay
-- under another analysis changed.

ALTER TABLE entente.submissions ADD cancelled_at timestamptz;
COMMENT ON COLUMN entente.submissions.cancelled_at IS
    'When it was called off: its images that were pending then are no longer expected, its jobs no longer worth doing.';

ALTER TABLE entente.dead_letters
    ADD requeued_at timestamptz,
    ADD requeue_count integer NOT NULL DEFAULT 0 CHECK (requeue_count >= 0);
COMMENT ON COLUMN entente.dead_letters.requeued_at IS 'When it was last sent to the job topic again; null: never.';
COMMENT ON COLUMN entente.dead_letters.requeue_count IS 'How often it was.';
CREATE INDEX dead_letters_not_requeued ON entente.dead_letters (dead_letter_id) WHERE requeued_at IS NULL;

-- Calls a submission off and takes its pending images out of what is expected, so that expected = done + failed +
-- pending stays true of what will still happen. An image that a later submission named again is that one's. May be
-- called again for what was announced meanwhile; the time stays the first. Returns the images taken out; null for a
-- submission that is not there.
CREATE FUNCTION entente.cancel_submission(of_submission text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place bigint;
    taken_out bigint;
BEGIN
    -- Held off until they commit: writers that have found an image in place and are about to add its result. Before
    -- the submission's row, as they too take that one second.
    LOCK TABLE entente.images IN SHARE ROW EXCLUSIVE MODE;
    UPDATE entente.submissions AS s SET cancelled_at = coalesce(s.cancelled_at, clock_timestamp())
    WHERE s.submission_id = of_submission RETURNING s.sequence INTO place;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM entente.images AS i WHERE i.submission = place AND i.state = 'pending';
    GET DIAGNOSTICS taken_out = ROW_COUNT;
    RETURN taken_out;
END $$;

-- Two analyses of the same images ---------------------------------------------------------------------------------

-- One row an image and part method with a result in either. Classes are compared by class id and concepts by the
-- descriptor's text, because classes and banks of the two need not be the same; `gained` holds places in the bank of
-- `to_id`, `lost` in that of `from_id`. Amounts are nano-nats.
CREATE FUNCTION entente.compared_parts(from_id text, to_id text)
RETURNS TABLE (
    image_id text, part_method text, in_from boolean, in_to boolean, label text, from_predicted text,
    to_predicted text, from_hit boolean, to_hit boolean, from_mi_released bigint, to_mi_released bigint,
    from_auc_released bigint, to_auc_released bigint, from_mi_membership bigint, to_mi_membership bigint,
    from_auc_membership bigint, to_auc_membership bigint, gained integer[], lost integer[]
) LANGUAGE sql STABLE AS $$
    -- Place in one bank by place in the other, -1 where the other has no such descriptor. An array, because it is
    -- looked into for every concept of every image.
    WITH banks AS MATERIALIZED (
        SELECT
            (SELECT array_agg(coalesce(f.descriptor_index, -1) ORDER BY t.descriptor_index)
                FROM entente.descriptors AS t
                LEFT JOIN entente.descriptors AS f ON f.analysis_id = from_id AND f.descriptor = t.descriptor
                WHERE t.analysis_id = to_id) AS to_from,
            (SELECT array_agg(coalesce(t.descriptor_index, -1) ORDER BY f.descriptor_index)
                FROM entente.descriptors AS f
                LEFT JOIN entente.descriptors AS t ON t.analysis_id = to_id AND t.descriptor = f.descriptor
                WHERE f.analysis_id = from_id) AS from_to
    ),
    f AS (
        SELECT p.image_id, p.part_method, r.label_index, r.predicted_index, r.hit_at_1, p.mi_released,
            p.auc_released, p.mi_membership, p.auc_membership,
            ARRAY(SELECT c.d FROM unnest(p.vision_descriptors, p.vision_mutual) AS c (d, mutual)
                WHERE c.mutual) AS mutual
        FROM entente.part_results AS p JOIN entente.image_results AS r USING (analysis_id, image_id)
        WHERE p.analysis_id = from_id
    ),
    t AS (
        SELECT p.image_id, p.part_method, r.label_index, r.predicted_index, r.hit_at_1, p.mi_released,
            p.auc_released, p.mi_membership, p.auc_membership,
            ARRAY(SELECT c.d FROM unnest(p.vision_descriptors, p.vision_mutual) AS c (d, mutual)
                WHERE c.mutual) AS mutual
        FROM entente.part_results AS p JOIN entente.image_results AS r USING (analysis_id, image_id)
        WHERE p.analysis_id = to_id
    )
    SELECT image_id, part_method, f.mutual IS NOT NULL, t.mutual IS NOT NULL, coalesce(tl.class_id, fl.class_id),
        fp.class_id, tp.class_id, f.hit_at_1, t.hit_at_1, f.mi_released, t.mi_released, f.auc_released,
        t.auc_released, f.mi_membership, t.mi_membership, f.auc_membership, t.auc_membership,
        CASE WHEN f.mutual IS NOT NULL AND t.mutual IS NOT NULL THEN
            ARRAY(SELECT d FROM unnest(t.mutual) AS d WHERE NOT banks.to_from[d + 1] = ANY (f.mutual)) END,
        CASE WHEN f.mutual IS NOT NULL AND t.mutual IS NOT NULL THEN
            ARRAY(SELECT d FROM unnest(f.mutual) AS d WHERE NOT banks.from_to[d + 1] = ANY (t.mutual)) END
    FROM f FULL JOIN t USING (image_id, part_method)
    CROSS JOIN banks
    LEFT JOIN entente.classes AS fl ON fl.analysis_id = from_id AND fl.class_index = f.label_index
    LEFT JOIN entente.classes AS tl ON tl.analysis_id = to_id AND tl.class_index = t.label_index
    LEFT JOIN entente.classes AS fp ON fp.analysis_id = from_id AND fp.class_index = f.predicted_index
    LEFT JOIN entente.classes AS tp ON tp.analysis_id = to_id AND tp.class_index = t.predicted_index
$$;

-- Any two analyses, image by image; the columns are those of replay_image_comparison. With the owner's rights,
-- because a view's functions run with those of whoever reads it.
CREATE FUNCTION entente.compare_images(from_id text, to_id text)
RETURNS TABLE (
    image_id text, part_method text, presence text, label text, from_predicted text, to_predicted text,
    flipped boolean, from_hit boolean, to_hit boolean, delta_mi_released double precision,
    delta_auc_released double precision, delta_mi_membership double precision, delta_auc_membership double precision,
    concepts_gained text[], concepts_lost text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.image_id, c.part_method, CASE WHEN NOT c.in_to THEN 'from' WHEN NOT c.in_from THEN 'to' ELSE 'both' END,
        c.label, c.from_predicted, c.to_predicted, c.from_predicted <> c.to_predicted, c.from_hit, c.to_hit,
        (c.to_mi_released - c.from_mi_released) / 1e9::double precision,
        (c.to_auc_released - c.from_auc_released) / 1e9::double precision,
        (c.to_mi_membership - c.from_mi_membership) / 1e9::double precision,
        (c.to_auc_membership - c.from_auc_membership) / 1e9::double precision,
        CASE WHEN c.in_from AND c.in_to THEN ARRAY(
            SELECT d.descriptor FROM unnest(c.gained) WITH ORDINALITY AS u (place, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = to_id AND d.descriptor_index = u.place
            ORDER BY u.rank) END,
        CASE WHEN c.in_from AND c.in_to THEN ARRAY(
            SELECT d.descriptor FROM unnest(c.lost) WITH ORDINALITY AS u (place, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = from_id AND d.descriptor_index = u.place
            ORDER BY u.rank) END
    FROM entente.compared_parts(from_id, to_id) AS c
$$;

-- Any two analyses; the columns are those of replay_comparison.
CREATE FUNCTION entente.compare_analyses(from_id text, to_id text)
RETURNS TABLE (
    scope text, class_id text, part_method text, estimator text, images_both bigint, images_only_from bigint,
    images_only_to bigint, flips bigint, flips_to_right bigint, flips_to_wrong bigint,
    mean_delta_mi double precision, mean_delta_auc double precision, concepts_gained bigint, concepts_lost bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN s.is_whole THEN 'all' ELSE 'class' END, s.label, s.part_method, e.estimator, s.images_both,
        s.images_only_from, s.images_only_to, s.flips, s.flips_to_right, s.flips_to_wrong,
        (e.delta_mi / nullif(s.images_both, 0))::double precision / 1e9,
        (e.delta_auc / nullif(s.images_both, 0))::double precision / 1e9, s.gained, s.lost
    FROM (
        SELECT grouping(c.label) = 1 AS is_whole, c.label, c.part_method,
            count(*) FILTER (WHERE c.in_from AND c.in_to) AS images_both,
            count(*) FILTER (WHERE NOT c.in_to) AS images_only_from,
            count(*) FILTER (WHERE NOT c.in_from) AS images_only_to,
            count(*) FILTER (WHERE c.from_predicted <> c.to_predicted) AS flips,
            count(*) FILTER (WHERE NOT c.from_hit AND c.to_hit) AS flips_to_right,
            count(*) FILTER (WHERE c.from_hit AND NOT c.to_hit) AS flips_to_wrong,
            sum(c.to_mi_released - c.from_mi_released) AS mi_released,
            sum(c.to_auc_released - c.from_auc_released) AS auc_released,
            sum(c.to_mi_membership - c.from_mi_membership) AS mi_membership,
            sum(c.to_auc_membership - c.from_auc_membership) AS auc_membership,
            coalesce(sum(cardinality(c.gained)), 0)::bigint AS gained,
            coalesce(sum(cardinality(c.lost)), 0)::bigint AS lost
        FROM entente.compared_parts(from_id, to_id) AS c
        GROUP BY GROUPING SETS ((c.part_method, c.label), (c.part_method))
    ) AS s
    CROSS JOIN LATERAL (VALUES ('released', s.mi_released, s.auc_released),
        ('membership', s.mi_membership, s.auc_membership)) AS e (estimator, delta_mi, delta_auc)
$$;

CREATE VIEW entente.replay_comparison AS
SELECT p.from_analysis, p.to_analysis, c.*
FROM (
    SELECT DISTINCT s.replayed_from AS from_analysis, s.analysis_id AS to_analysis
    FROM entente.submissions AS s WHERE s.replayed_from <> s.analysis_id
) AS p
CROSS JOIN LATERAL entente.compare_analyses(p.from_analysis, p.to_analysis) AS c;
COMMENT ON VIEW entente.replay_comparison IS
    'What a replay changed, by class, part method and estimator; filter by from_analysis and to_analysis.';
COMMENT ON COLUMN entente.replay_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_comparison.class_id IS 'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_comparison.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.replay_comparison.estimator IS
    'released or membership: which mutual information the two means are of; the counts are the same for both.';
COMMENT ON COLUMN entente.replay_comparison.images_both IS
    'Images with a result of this part method in both; flips, means and concepts are over these.';
COMMENT ON COLUMN entente.replay_comparison.images_only_from IS 'Images with a result in from_analysis alone.';
COMMENT ON COLUMN entente.replay_comparison.images_only_to IS 'Images with a result in to_analysis alone.';
COMMENT ON COLUMN entente.replay_comparison.flips IS 'Images that are predicted as another class now.';
COMMENT ON COLUMN entente.replay_comparison.flips_to_right IS 'Labelled images that were wrong and are right now.';
COMMENT ON COLUMN entente.replay_comparison.flips_to_wrong IS 'Labelled images that were right and are wrong now.';
COMMENT ON COLUMN entente.replay_comparison.mean_delta_mi IS
    'Mean of the images'' mutual information now less before, nats; null without images in both.';
COMMENT ON COLUMN entente.replay_comparison.mean_delta_auc IS 'Mean of the images'' own AUCs now less before, nats.';
COMMENT ON COLUMN entente.replay_comparison.concepts_gained IS
    'Mutual concepts that images have now and had not before, by the descriptor''s text, summed over images.';
COMMENT ON COLUMN entente.replay_comparison.concepts_lost IS 'Mutual concepts that images had and have no longer.';

CREATE VIEW entente.replay_image_comparison AS
SELECT p.from_analysis, p.to_analysis, c.*
FROM (
    SELECT DISTINCT s.replayed_from AS from_analysis, s.analysis_id AS to_analysis
    FROM entente.submissions AS s WHERE s.replayed_from <> s.analysis_id
) AS p
CROSS JOIN LATERAL entente.compare_images(p.from_analysis, p.to_analysis) AS c;
COMMENT ON VIEW entente.replay_image_comparison IS
    'What a replay changed, one row an image and part method; filter by from_analysis and to_analysis.';
COMMENT ON COLUMN entente.replay_image_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_image_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_image_comparison.image_id IS 'The image, by which the two are matched.';
COMMENT ON COLUMN entente.replay_image_comparison.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.replay_image_comparison.presence IS
    'both, or which of from and to alone has a result; what compares the two is null then.';
COMMENT ON COLUMN entente.replay_image_comparison.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.replay_image_comparison.from_predicted IS 'Class id of the prediction before.';
COMMENT ON COLUMN entente.replay_image_comparison.to_predicted IS 'Class id of the prediction now.';
COMMENT ON COLUMN entente.replay_image_comparison.flipped IS 'The two class ids differ.';
COMMENT ON COLUMN entente.replay_image_comparison.from_hit IS 'The prediction was the label; null without a label.';
COMMENT ON COLUMN entente.replay_image_comparison.to_hit IS 'The prediction is the label now; null without a label.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_mi_released IS
    'Mutual information now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_auc_released IS 'AUC now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_mi_membership IS
    'Mutual information now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_auc_membership IS
    'AUC now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.concepts_gained IS
    'Descriptors that both encoders name now and did not before, most relevant first.';
COMMENT ON COLUMN entente.replay_image_comparison.concepts_lost IS
    'Descriptors that both encoders named before and do no longer, most relevant first.';
