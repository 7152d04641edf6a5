-- oldest worker: 10
--
-- What CorLoc would be by chance, beside it and with its interval; and the accuracy of every analysis, also of those that find no parts.

ALTER TABLE entente.ground_truth_results
    ADD box_chance double precision,
    -- Not looked for in the rows that are there, all of which have null.
    ADD CONSTRAINT ground_truth_results_box_chance_check CHECK (box_chance BETWEEN 0 AND 1) NOT VALID;
COMMENT ON COLUMN entente.ground_truth_results.box_chance IS
    'Share of the places on the patch grid where a box of the foreground''s size overlaps the object''s by more than half; null of '
    'images that were scored before there was such a share.';

CREATE OR REPLACE VIEW entente.ground_truth_summary AS
SELECT a.analysis_id, a.name, s.part_method, s.images, s.corloc, s.box_overlap, s.foreground_overlap, s.purity,
    s.adjusted_rand_index, s.mutual_precision, s.vision_precision, s.chance_precision,
    entente.share_low(s.hits, s.images) AS corloc_low, entente.share_high(s.hits, s.images) AS corloc_high,
    s.corloc_chance
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT g.part_method, count(*) AS images, count(*) FILTER (WHERE g.box_overlap > 0.5) AS hits,
        (count(*) FILTER (WHERE g.box_overlap > 0.5))::double precision / count(*) AS corloc,
        avg(g.box_overlap) AS box_overlap, avg(g.foreground_overlap) AS foreground_overlap,
        avg(g.purity) AS purity, avg(g.adjusted_rand_index) AS adjusted_rand_index,
        sum(g.mutual_true) / nullif(sum(g.mutual_count), 0)::double precision AS mutual_precision,
        sum(g.vision_true) / nullif(sum(g.vision_count), 0)::double precision AS vision_precision,
        sum(g.bank_true) / nullif(sum(g.bank_count), 0)::double precision AS chance_precision,
        -- Of all or none: a mean over some would be beside another share.
        CASE WHEN count(g.box_chance) = count(*) THEN avg(g.box_chance) END AS corloc_chance
    FROM entente.ground_truth_results AS g
    JOIN entente.image_results AS r USING (analysis_id, image_id)
    WHERE g.analysis_id = a.analysis_id AND r.written_at = g.result_written_at
    GROUP BY g.part_method
) AS s;
COMMENT ON COLUMN entente.ground_truth_summary.corloc_low IS
    'Lower end of the 95 % interval of corloc, Wilson''s; null without images.';
COMMENT ON COLUMN entente.ground_truth_summary.corloc_high IS
    'Upper end of the 95 % interval of corloc, Wilson''s; null without images.';
COMMENT ON COLUMN entente.ground_truth_summary.corloc_chance IS
    'What corloc would be if boxes of the same sizes lay anywhere on the patch grid; null if an image was scored before there was such '
    'a share: score again.';

CREATE VIEW entente.zero_shot_summary AS
SELECT a.analysis_id, a.name, i.images, i.labelled, i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    entente.share_low(i.hits_at_1, i.labelled) AS top_1_low, entente.share_high(i.hits_at_1, i.labelled) AS top_1_high,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    entente.share_low(i.hits_at_5, i.labelled) AS top_5_low, entente.share_high(i.hits_at_5, i.labelled) AS top_5_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT sum(r.images)::bigint AS images, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
) AS i
WHERE i.images > 0;
COMMENT ON VIEW entente.zero_shot_summary IS
    'What an analysis predicts, one row an analysis with results, whether it finds parts or not.';
COMMENT ON COLUMN entente.zero_shot_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.zero_shot_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.zero_shot_summary.images IS 'Images with a result.';
COMMENT ON COLUMN entente.zero_shot_summary.labelled IS 'Those with a label; accuracy is over these.';
COMMENT ON COLUMN entente.zero_shot_summary.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.zero_shot_summary.top_1_low IS
    'Lower end of the 95 % interval of top_1, Wilson''s; null without labelled images.';
COMMENT ON COLUMN entente.zero_shot_summary.top_1_high IS
    'Upper end of the 95 % interval of top_1, Wilson''s; null without labelled images.';
COMMENT ON COLUMN entente.zero_shot_summary.top_5 IS 'Share of labelled images whose label is among the five best classes.';
COMMENT ON COLUMN entente.zero_shot_summary.top_5_low IS
    'Lower end of the 95 % interval of top_5, Wilson''s; null without labelled images.';
COMMENT ON COLUMN entente.zero_shot_summary.top_5_high IS
    'Upper end of the 95 % interval of top_5, Wilson''s; null without labelled images.';
