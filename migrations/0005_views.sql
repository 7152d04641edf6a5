-- oldest worker: 1
--
-- The public interface for dashboards. Names and meanings here are kept; the tables behind them are not public.
-- Amounts of information are in nats, shares between 0 and 1; both are null where nothing has been counted.
-- Every view can be filtered by analysis_id or name cheaply, because it looks at one analysis at a time.

CREATE VIEW entente.analysis_progress AS
SELECT a.analysis_id, a.name, a.registered_at, p.expected, p.done, p.failed,
    p.expected - p.done - p.failed AS pending
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.expected), 0)::bigint AS expected, coalesce(sum(r.done), 0)::bigint AS done,
        coalesce(sum(r.failed), 0)::bigint AS failed
    FROM entente.progress_rollups AS r WHERE r.analysis_id = a.analysis_id
) AS p;
COMMENT ON VIEW entente.analysis_progress IS 'How far each analysis is: expected = done + failed + pending.';
COMMENT ON COLUMN entente.analysis_progress.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_progress.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_progress.registered_at IS 'When it was first registered.';
COMMENT ON COLUMN entente.analysis_progress.expected IS 'Images that were submitted or arrived unannounced.';
COMMENT ON COLUMN entente.analysis_progress.done IS 'Images with a result; a result counts even if the image failed too.';
COMMENT ON COLUMN entente.analysis_progress.failed IS 'Images with a failure and no result.';
COMMENT ON COLUMN entente.analysis_progress.pending IS 'The others.';

CREATE VIEW entente.analysis_summary AS
SELECT a.analysis_id, a.name, p.part_method, e.estimator, i.images, i.labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    p.images AS part_images,
    (e.mi / p.images)::double precision / 1e9 AS mi,
    (e.auc / p.images)::double precision / 1e9 AS auc,
    (e.curve_total / (p.images * p.longest_curve))::double precision / 1e9 AS auc_padded,
    p.longest_curve,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT sum(r.images)::bigint AS images, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
) AS i
CROSS JOIN LATERAL (
    SELECT s.*, (SELECT count(*) FROM unnest(s.curves_longer) AS u (curves) WHERE curves > 0) AS longest_curve
    FROM (
        SELECT r.part_method, sum(r.images) AS images, sum(r.vision_concepts) AS vision_concepts,
            sum(r.mutual_concepts) AS mutual_concepts, sum(r.mi_released) AS mi_released,
            sum(r.auc_released) AS auc_released, sum(r.mi_membership) AS mi_membership,
            sum(r.auc_membership) AS auc_membership, entente.sum_curves(r.curves_longer) AS curves_longer,
            entente.sum_curves(r.curve_released) AS curve_released,
            entente.sum_curves(r.curve_membership) AS curve_membership
        FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
        GROUP BY r.part_method
    ) AS s WHERE s.images > 0
) AS p
CROSS JOIN LATERAL (VALUES
    ('released', p.mi_released, p.auc_released, (SELECT sum(x) FROM unnest(p.curve_released) AS u (x))),
    ('membership', p.mi_membership, p.auc_membership, (SELECT sum(x) FROM unnest(p.curve_membership) AS u (x)))
) AS e (estimator, mi, auc, curve_total);
COMMENT ON VIEW entente.analysis_summary IS 'One row an analysis with results, part method and estimator.';
COMMENT ON COLUMN entente.analysis_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_summary.part_method IS 'pca or kmeans.';
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

CREATE VIEW entente.mi_dynamics AS
SELECT a.analysis_id, a.name, p.part_method, e.estimator, (c.place - 1)::integer AS step,
    (c.total / p.images)::double precision / 1e9 AS mi, c.curves, p.images::bigint AS images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT r.part_method, sum(r.images) AS images, entente.sum_curves(r.curves_longer) AS curves_longer,
        entente.sum_curves(r.curve_released) AS curve_released,
        entente.sum_curves(r.curve_membership) AS curve_membership
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
    GROUP BY r.part_method
) AS p
CROSS JOIN LATERAL (VALUES ('released', p.curve_released), ('membership', p.curve_membership)) AS e (estimator, curve)
CROSS JOIN LATERAL unnest(e.curve, p.curves_longer) WITH ORDINALITY AS c (total, curves, place)
WHERE p.images > 0 AND c.curves > 0;
COMMENT ON VIEW entente.mi_dynamics IS
    'Mean mutual information while vision concepts are removed, most relevant first; one row a step.';
COMMENT ON COLUMN entente.mi_dynamics.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.mi_dynamics.name IS 'Its latest name.';
COMMENT ON COLUMN entente.mi_dynamics.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.mi_dynamics.estimator IS 'released or membership.';
COMMENT ON COLUMN entente.mi_dynamics.step IS 'Vision concepts removed.';
COMMENT ON COLUMN entente.mi_dynamics.mi IS 'Mean over all images, curves that have ended counted as zero, nats.';
COMMENT ON COLUMN entente.mi_dynamics.curves IS 'Images whose curve reaches this step.';
COMMENT ON COLUMN entente.mi_dynamics.images IS 'Images the mean is over.';

CREATE VIEW entente.class_summary AS
SELECT a.analysis_id, a.name, p.class_role, p.class_index, k.class_id, k.name AS class_name, p.part_method,
    p.images::bigint AS images,
    i.labelled::bigint AS labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts,
    (p.mi_released / p.images)::double precision / 1e9 AS mi_released,
    (p.auc_released / p.images)::double precision / 1e9 AS auc_released,
    (p.mi_membership / p.images)::double precision / 1e9 AS mi_membership,
    (p.auc_membership / p.images)::double precision / 1e9 AS auc_membership
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, r.part_method, sum(r.images) AS images,
        sum(r.vision_concepts) AS vision_concepts, sum(r.mutual_concepts) AS mutual_concepts,
        sum(r.mi_released) AS mi_released, sum(r.auc_released) AS auc_released,
        sum(r.mi_membership) AS mi_membership, sum(r.auc_membership) AS auc_membership
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index, r.part_method HAVING sum(r.images) > 0
    UNION ALL
    SELECT 'prediction', r.predicted_index, r.part_method, sum(r.images), sum(r.vision_concepts),
        sum(r.mutual_concepts), sum(r.mi_released), sum(r.auc_released), sum(r.mi_membership), sum(r.auc_membership)
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index, r.part_method HAVING sum(r.images) > 0
) AS p
JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, sum(r.labelled) AS labelled,
        sum(r.hits_at_1) AS hits_at_1, sum(r.hits_at_5) AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index
    UNION ALL
    SELECT 'prediction', r.predicted_index, sum(r.labelled), sum(r.hits_at_1), sum(r.hits_at_5)
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index
) AS i ON i.class_role = p.class_role AND i.class_index = p.class_index
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = p.class_index;
COMMENT ON VIEW entente.class_summary IS 'One row a class, part method and role that the class plays for its images.';
COMMENT ON COLUMN entente.class_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_summary.class_role IS
    'label: images labelled with the class, so that top_1 is its recall; prediction: images predicted as it (precision).';
COMMENT ON COLUMN entente.class_summary.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.class_summary.class_id IS 'Id of the class, as labels name it.';
COMMENT ON COLUMN entente.class_summary.class_name IS 'Its name, as the text encoder reads it.';
COMMENT ON COLUMN entente.class_summary.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.class_summary.images IS 'Images of the class in this role; the means are over these.';
COMMENT ON COLUMN entente.class_summary.labelled IS 'Those of them with a label.';
COMMENT ON COLUMN entente.class_summary.top_1 IS 'Share of labelled ones whose label is the prediction.';
COMMENT ON COLUMN entente.class_summary.top_5 IS 'Share of labelled ones whose label is among the five most similar.';
COMMENT ON COLUMN entente.class_summary.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.class_summary.mutual_concepts IS 'Mean number of mutual concepts an image.';
COMMENT ON COLUMN entente.class_summary.mi_released IS 'Mean mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.class_summary.auc_released IS 'Mean of the images'' own AUCs, released estimator, nats.';
COMMENT ON COLUMN entente.class_summary.mi_membership IS 'Mean mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.class_summary.auc_membership IS 'Mean of the images'' own AUCs, membership estimator, nats.';

CREATE VIEW entente.mutual_concept_ranking AS
SELECT a.analysis_id, a.name, c.part_method, c.rank, c.descriptor_index, d.descriptor, c.mutual_images,
    c.vision_images, p.images, c.mutual_images / p.images::double precision AS mutual_share
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.part_method ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT r.part_method, r.descriptor_index, sum(r.mutual_images)::bigint AS mutual_images,
            sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
        GROUP BY r.part_method, r.descriptor_index HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
JOIN LATERAL (
    SELECT r.part_method, sum(r.images)::bigint AS images
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
    GROUP BY r.part_method
) AS p ON p.part_method = c.part_method
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON VIEW entente.mutual_concept_ranking IS 'Descriptors by the number of images whose two encoders agree on them.';
COMMENT ON COLUMN entente.mutual_concept_ranking.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.mutual_concept_ranking.name IS 'Its latest name.';
COMMENT ON COLUMN entente.mutual_concept_ranking.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.mutual_concept_ranking.rank IS '1 for the most frequent; equals share a rank.';
COMMENT ON COLUMN entente.mutual_concept_ranking.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.mutual_concept_ranking.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.mutual_concept_ranking.mutual_images IS 'Images in which it is a mutual concept.';
COMMENT ON COLUMN entente.mutual_concept_ranking.vision_images IS 'Images in which it is a vision concept.';
COMMENT ON COLUMN entente.mutual_concept_ranking.images IS 'Images with a result of this part method.';
COMMENT ON COLUMN entente.mutual_concept_ranking.mutual_share IS 'mutual_images / images.';

CREATE VIEW entente.class_concept_ranking AS
SELECT a.analysis_id, a.name, c.class_role, c.class_index, k.class_id, k.name AS class_name, c.part_method, c.rank,
    c.descriptor_index, d.descriptor, c.mutual_images, c.vision_images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.class_role, s.class_index, s.part_method
        ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT 'label' AS class_role, r.label_index AS class_index, r.part_method, r.descriptor_index,
            sum(r.mutual_images)::bigint AS mutual_images, sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
        GROUP BY r.label_index, r.part_method, r.descriptor_index HAVING sum(r.vision_images) > 0
        UNION ALL
        SELECT 'prediction', r.predicted_index, r.part_method, r.descriptor_index, sum(r.mutual_images)::bigint,
            sum(r.vision_images)::bigint
        FROM entente.concept_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
        GROUP BY r.predicted_index, r.part_method, r.descriptor_index HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = c.class_index
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON VIEW entente.class_concept_ranking IS 'As mutual_concept_ranking, for the images of one class.';
COMMENT ON COLUMN entente.class_concept_ranking.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_concept_ranking.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_concept_ranking.class_role IS 'label or prediction, as in class_summary.';
COMMENT ON COLUMN entente.class_concept_ranking.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.class_concept_ranking.class_id IS 'Id of the class.';
COMMENT ON COLUMN entente.class_concept_ranking.class_name IS 'Its name.';
COMMENT ON COLUMN entente.class_concept_ranking.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.class_concept_ranking.rank IS '1 for the most frequent of the class; equals share a rank.';
COMMENT ON COLUMN entente.class_concept_ranking.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.class_concept_ranking.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.class_concept_ranking.mutual_images IS 'Images of the class in which it is a mutual concept.';
COMMENT ON COLUMN entente.class_concept_ranking.vision_images IS 'Images of the class in which it is a vision concept.';

CREATE VIEW entente.model_comparison AS
SELECT a.analysis_id, a.name, a.setting_digest, a.model_weights, s.part_method, s.estimator,
    max(s.images) AS images, max(s.labelled) AS labelled, max(s.top_1) AS top_1, max(s.top_5) AS top_5,
    avg(s.mi) AS mi, avg(s.auc) AS auc, avg(s.auc_padded) AS auc_padded
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT p.part_method, q.estimator, q.images, q.labelled, q.top_1, q.top_5, q.mi, q.auc, q.auc_padded
    FROM entente.analysis_summary AS q
    CROSS JOIN LATERAL (VALUES (q.part_method), ('mean')) AS p (part_method)
    WHERE q.analysis_id = a.analysis_id
) AS s
GROUP BY a.analysis_id, s.part_method, s.estimator;
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

CREATE VIEW entente.failures AS
SELECT f.failed_at, f.topic, f.partition, f.message_offset, f.analysis_id, a.name, f.image_id, f.kind, f.message,
    f.attempts, f.worker, d.dead_letter_id, d.published
FROM entente.failed_images AS f
LEFT JOIN entente.analyses AS a ON a.analysis_id = f.analysis_id
LEFT JOIN entente.dead_letters AS d
    ON d.topic = f.topic AND d.partition = f.partition AND d.message_offset = f.message_offset;
COMMENT ON VIEW entente.failures IS 'Images and whole jobs that can never succeed, with the reason.';
COMMENT ON COLUMN entente.failures.failed_at IS 'When it was given up.';
COMMENT ON COLUMN entente.failures.topic IS 'Where its message is; empty when it came without Kafka.';
COMMENT ON COLUMN entente.failures.partition IS 'Partition of the message.';
COMMENT ON COLUMN entente.failures.message_offset IS 'Offset of the message.';
COMMENT ON COLUMN entente.failures.analysis_id IS 'As the job named it; empty when it could not be read.';
COMMENT ON COLUMN entente.failures.name IS 'Name of the analysis; null when nobody registered it.';
COMMENT ON COLUMN entente.failures.image_id IS 'Empty when the whole job failed.';
COMMENT ON COLUMN entente.failures.kind IS 'Class of the failure, snake_case.';
COMMENT ON COLUMN entente.failures.message IS 'One sentence.';
COMMENT ON COLUMN entente.failures.attempts IS 'How often it was tried.';
COMMENT ON COLUMN entente.failures.worker IS 'Who gave it up.';
COMMENT ON COLUMN entente.failures.dead_letter_id IS 'Id of its message on the dead-letter topic; null when there is none.';
COMMENT ON COLUMN entente.failures.published IS 'Whether that message is on the topic yet.';

-- One image at a time ---------------------------------------------------------------------------------------------

CREATE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON VIEW entente.image_scores IS 'One row an image and part method, numbers only; filter by analysis_id.';
COMMENT ON COLUMN entente.image_scores.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_scores.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_scores.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.image_scores.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.image_scores.predicted IS 'Class id of the prediction.';
COMMENT ON COLUMN entente.image_scores.similarity IS 'Cosine of image and predicted class.';
COMMENT ON COLUMN entente.image_scores.hit_at_1 IS 'Label is the prediction; null without a label.';
COMMENT ON COLUMN entente.image_scores.hit_at_5 IS 'Label is among the five most similar; null without a label.';
COMMENT ON COLUMN entente.image_scores.vision_count IS 'Vision concepts.';
COMMENT ON COLUMN entente.image_scores.language_count IS 'Language concepts.';
COMMENT ON COLUMN entente.image_scores.overlap IS 'Mutual concepts.';
COMMENT ON COLUMN entente.image_scores.mi_released IS 'Mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.image_scores.auc_released IS 'Mean of the released curve, nats.';
COMMENT ON COLUMN entente.image_scores.mi_membership IS 'Mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.image_scores.auc_membership IS 'Mean of the membership curve, nats.';
COMMENT ON COLUMN entente.image_scores.nmi_max IS 'Share of the largest possible membership information; null when undefined.';
COMMENT ON COLUMN entente.image_scores.ami IS 'Chance-adjusted membership information; null when undefined.';
COMMENT ON COLUMN entente.image_scores.p_value IS 'Chance of at least this overlap; null when undefined.';
COMMENT ON COLUMN entente.image_scores.flags IS 'What happened on the way.';
COMMENT ON COLUMN entente.image_scores.group_name IS 'Group of its job.';
COMMENT ON COLUMN entente.image_scores.submission_id IS 'Submission the row was computed for.';
COMMENT ON COLUMN entente.image_scores.worker IS 'Who computed it.';
COMMENT ON COLUMN entente.image_scores.kernel_set IS 'BLAS kernels it was computed with.';
COMMENT ON COLUMN entente.image_scores.written_at IS 'When its transaction began.';

CREATE VIEW entente.image_concepts AS
SELECT p.analysis_id, p.image_id, p.part_method, (c.place - 1)::integer AS rank, c.descriptor_index, d.descriptor,
    c.relevance, ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1) AS parts, c.mutual
FROM entente.part_results AS p
CROSS JOIN LATERAL unnest(p.vision_descriptors, p.vision_relevances, p.vision_parts, p.vision_mutual)
    WITH ORDINALITY AS c (descriptor_index, relevance, parts, mutual, place)
LEFT JOIN entente.descriptors AS d ON d.analysis_id = p.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON VIEW entente.image_concepts IS 'Vision concepts of an image, one row a concept; filter by analysis_id and image_id.';
COMMENT ON COLUMN entente.image_concepts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_concepts.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_concepts.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.image_concepts.rank IS '0 for the most relevant.';
COMMENT ON COLUMN entente.image_concepts.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.image_concepts.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.image_concepts.relevance IS '2.5 × cosine of image and descriptor.';
COMMENT ON COLUMN entente.image_concepts.parts IS 'The parts that picked it.';
COMMENT ON COLUMN entente.image_concepts.mutual IS 'Whether it is a language concept too.';

CREATE VIEW entente.image_curves AS
SELECT p.analysis_id, p.image_id, p.part_method, (c.place - 1)::integer AS step,
    c.released / 1e9::double precision AS mi_released, c.membership / 1e9::double precision AS mi_membership
FROM entente.part_results AS p
CROSS JOIN LATERAL unnest(p.curve_released, p.curve_membership) WITH ORDINALITY AS c (released, membership, place);
COMMENT ON VIEW entente.image_curves IS 'MI curves of an image, one row a step; filter by analysis_id and image_id.';
COMMENT ON COLUMN entente.image_curves.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_curves.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_curves.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.image_curves.step IS 'Vision concepts removed.';
COMMENT ON COLUMN entente.image_curves.mi_released IS 'Mutual information left, released estimator, nats.';
COMMENT ON COLUMN entente.image_curves.mi_membership IS 'Mutual information left, membership estimator, nats.';

CREATE VIEW entente.language_concepts AS
SELECT c.analysis_id, c.class_index, k.class_id, k.name AS class_name, c.rank, c.descriptor_index, d.descriptor,
    c.similarity
FROM entente.class_language_concepts AS c
LEFT JOIN entente.classes AS k USING (analysis_id, class_index)
LEFT JOIN entente.descriptors AS d USING (analysis_id, descriptor_index);
COMMENT ON VIEW entente.language_concepts IS 'Language concepts of each class; filter by analysis_id.';
COMMENT ON COLUMN entente.language_concepts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.language_concepts.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.language_concepts.class_id IS 'Id of the class.';
COMMENT ON COLUMN entente.language_concepts.class_name IS 'Its name.';
COMMENT ON COLUMN entente.language_concepts.rank IS '0 for the most similar.';
COMMENT ON COLUMN entente.language_concepts.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.language_concepts.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.language_concepts.similarity IS 'Cosine of the two texts.';
