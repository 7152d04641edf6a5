-- oldest worker: 10
--
-- How relevant an image's vision concepts are on average: worked out of what is stored, so that rows of every build have it.

CREATE OR REPLACE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at,
    (SELECT avg(c.relevance::double precision)::real FROM unnest(p.vision_relevances) AS c (relevance)) AS mean_relevance
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON COLUMN entente.image_scores.mean_relevance IS
    'Mean over the vision concepts of 2.5 times the cosine of image and bare descriptor; null without vision concepts.';
COMMENT ON COLUMN entente.image_scores.kernel_set IS
    'What computed it: OpenBLAS''s kernels and ours, such as Haswell+avx2; in rows of older builds OpenBLAS''s alone.';
