-- oldest worker: 1
--
-- How findings meet what is known of the pictures from another source: boxes, masks of parts, true descriptors.
-- Written by `entente ground-truth` after the results, and again whenever it is run again.

CREATE TABLE entente.ground_truth_results (
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    box_overlap double precision NOT NULL CHECK (box_overlap BETWEEN 0 AND 1),
    foreground_overlap double precision NOT NULL CHECK (foreground_overlap BETWEEN 0 AND 1),
    purity double precision CHECK (purity BETWEEN 0 AND 1),
    adjusted_rand_index double precision CHECK (adjusted_rand_index <= 1),
    mutual_count integer NOT NULL,
    mutual_true integer NOT NULL CHECK (mutual_true BETWEEN 0 AND mutual_count),
    vision_count integer NOT NULL,
    vision_true integer NOT NULL CHECK (vision_true BETWEEN 0 AND vision_count),
    bank_count integer NOT NULL,
    bank_true integer NOT NULL CHECK (bank_true BETWEEN 0 AND bank_count),
    result_written_at timestamptz NOT NULL,
    scored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (analysis_id, image_id, part_method),
    FOREIGN KEY (analysis_id, image_id, part_method) REFERENCES entente.part_results ON DELETE CASCADE
);
COMMENT ON TABLE entente.ground_truth_results IS 'One row a scored image, analysis and part method.';
COMMENT ON COLUMN entente.ground_truth_results.box_overlap IS
    'Intersection over union of the box around the foreground''s patches and the object''s box; 0 without a foreground.';
COMMENT ON COLUMN entente.ground_truth_results.foreground_overlap IS
    'Intersection over union of the foreground and the object, on the patch grid.';
COMMENT ON COLUMN entente.ground_truth_results.purity IS
    'Over foreground patches on the object: share whose true part is the commonest of their found part; null without any.';
COMMENT ON COLUMN entente.ground_truth_results.adjusted_rand_index IS
    'Of found and true parts over the same patches; null of fewer than two.';
COMMENT ON COLUMN entente.ground_truth_results.mutual_true IS 'Mutual concepts that are true of the picture.';
COMMENT ON COLUMN entente.ground_truth_results.vision_true IS 'Vision concepts that are true of the picture.';
COMMENT ON COLUMN entente.ground_truth_results.bank_true IS 'Descriptors of the whole bank that are true of the picture.';
COMMENT ON COLUMN entente.ground_truth_results.result_written_at IS
    'Of the result that was scored: a score of a result that has been replaced since counts no more.';

CREATE VIEW entente.ground_truth_summary AS
SELECT a.analysis_id, a.name, s.part_method, s.images, s.corloc, s.box_overlap, s.foreground_overlap, s.purity,
    s.adjusted_rand_index, s.mutual_precision, s.vision_precision, s.chance_precision
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT g.part_method, count(*) AS images,
        (count(*) FILTER (WHERE g.box_overlap > 0.5))::double precision / count(*) AS corloc,
        avg(g.box_overlap) AS box_overlap, avg(g.foreground_overlap) AS foreground_overlap,
        avg(g.purity) AS purity, avg(g.adjusted_rand_index) AS adjusted_rand_index,
        sum(g.mutual_true) / nullif(sum(g.mutual_count), 0)::double precision AS mutual_precision,
        sum(g.vision_true) / nullif(sum(g.vision_count), 0)::double precision AS vision_precision,
        sum(g.bank_true) / nullif(sum(g.bank_count), 0)::double precision AS chance_precision
    FROM entente.ground_truth_results AS g
    JOIN entente.image_results AS r USING (analysis_id, image_id)
    WHERE g.analysis_id = a.analysis_id AND r.written_at = g.result_written_at
    GROUP BY g.part_method
) AS s;
COMMENT ON VIEW entente.ground_truth_summary IS
    'One row an analysis and part method of which images have been scored against ground truth.';
COMMENT ON COLUMN entente.ground_truth_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.ground_truth_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.ground_truth_summary.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.ground_truth_summary.images IS 'Scored images whose result is still the one that was scored.';
COMMENT ON COLUMN entente.ground_truth_summary.corloc IS
    'Share of images in which the foreground''s box overlaps the object''s by more than half (CorLoc).';
COMMENT ON COLUMN entente.ground_truth_summary.box_overlap IS 'Mean intersection over union of the two boxes.';
COMMENT ON COLUMN entente.ground_truth_summary.foreground_overlap IS
    'Mean intersection over union of foreground and object on the patch grid.';
COMMENT ON COLUMN entente.ground_truth_summary.purity IS 'Mean purity of the found parts.';
COMMENT ON COLUMN entente.ground_truth_summary.adjusted_rand_index IS
    'Mean adjusted Rand index of found and true parts; 0 is chance.';
COMMENT ON COLUMN entente.ground_truth_summary.mutual_precision IS
    'Share of all images'' mutual concepts that are true of their pictures.';
COMMENT ON COLUMN entente.ground_truth_summary.vision_precision IS
    'Share of all images'' vision concepts that are true of their pictures.';
COMMENT ON COLUMN entente.ground_truth_summary.chance_precision IS
    'Share of the bank that is true of a picture: what descriptors drawn at random would reach.';
