-- oldest worker: 10
--
-- What a model with a sigmoid score says of each of the best classes by itself, beside its cosine. Models with a softmax have no such
-- number, and neither do rows that were written before.

ALTER TABLE entente.image_results
    ADD top_probabilities real[],
    -- Not looked for in the rows that are there, all of which have null.
    ADD CONSTRAINT image_results_top_probabilities_check
        CHECK (cardinality(top_probabilities) = cardinality(top_classes)) NOT VALID;
COMMENT ON COLUMN entente.image_results.top_probabilities IS
    'Of each of top_classes the sigmoid of scale × cosine + bias; null of models with a softmax, and in rows of older builds.';

-- A worker that knows nothing of them may write a row anew: what stood there is of another picture then.
CREATE FUNCTION entente.forget_probabilities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.top_probabilities := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_probabilities BEFORE UPDATE ON entente.image_results FOR EACH ROW
    WHEN (NEW.top_probabilities IS NOT DISTINCT FROM OLD.top_probabilities AND OLD.top_probabilities IS NOT NULL
        AND (NEW.top_classes, NEW.top_similarities) IS DISTINCT FROM (OLD.top_classes, OLD.top_similarities))
    EXECUTE FUNCTION entente.forget_probabilities();

-- As before, and the prediction's probability.
CREATE OR REPLACE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at,
    (SELECT avg(c.relevance::double precision)::real FROM unnest(p.vision_relevances) AS c (relevance)) AS mean_relevance,
    array_to_string(p.flags, ', ') AS flags_text, r.top_probabilities[1] AS probability
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON COLUMN entente.image_scores.similarity IS
    'Of image and predicted class: their cosine, or the mean of its descriptors'' cosines where these tell the classes.';
COMMENT ON COLUMN entente.image_scores.probability IS
    'Of the predicted class by itself, from a model with a sigmoid score; those of several classes do not sum to 1. Null of others.';
