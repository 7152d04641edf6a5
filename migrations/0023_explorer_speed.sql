-- oldest worker: 10
--
-- What the explorer's pages lacked over large tables and over images without labels.

-- As before, and in the order of images. Costs a result as many index entries as before.
DROP INDEX entente.image_results_by_class;
CREATE INDEX image_results_by_class ON entente.image_results (predicted_index, label_index, analysis_id, image_id)
    WHERE predicted_index IS NOT NULL;

CREATE VIEW entente.unlabelled_points AS
SELECT r.analysis_id, r.part_method, r.predicted_index AS class_index, sum(r.images)::bigint AS images,
    sum(r.mi_released)::double precision / sum(r.images)::double precision / 1e9 AS mi_released,
    sum(r.auc_released)::double precision / sum(r.images)::double precision / 1e9 AS auc_released,
    sum(r.mi_membership)::double precision / sum(r.images)::double precision / 1e9 AS mi_membership,
    sum(r.auc_membership)::double precision / sum(r.images)::double precision / 1e9 AS auc_membership,
    (sum(r.vision_concepts) / sum(r.images))::double precision AS vision_concepts,
    (sum(r.mutual_concepts) / sum(r.images))::double precision AS mutual_concepts
FROM entente.part_rollups AS r WHERE r.label_index = -1
GROUP BY r.analysis_id, r.part_method, r.predicted_index HAVING sum(r.images) > 0;
COMMENT ON VIEW entente.unlabelled_points IS
    'As class_points, of images without a label by the class that they are taken for; filter by analysis_id and part_method.';
COMMENT ON COLUMN entente.unlabelled_points.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.unlabelled_points.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.unlabelled_points.class_index IS 'Place of the predicted class in the analysis.';
COMMENT ON COLUMN entente.unlabelled_points.images IS 'Images without a label that are taken for it.';
COMMENT ON COLUMN entente.unlabelled_points.mi_released IS 'Mean mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.auc_released IS 'Mean of the images'' own AUCs, released estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.mi_membership IS 'Mean mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.auc_membership IS 'Mean of the images'' own AUCs, membership estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.unlabelled_points.mutual_concepts IS 'Mean number of mutual concepts an image.';
