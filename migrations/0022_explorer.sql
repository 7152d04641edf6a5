-- oldest worker: 10
--
-- What the explorer's pages show and no view had: parts of a picture, where its bytes are, its best classes, numbers that lists can
-- be sorted by, in which classes a concept is found; and indexes for all of it.
--
-- Lists are read in the order of an index, from a key on. Columns for that are nano-nats, as a quotient has no index.

-- Where bytes are -------------------------------------------------------------------------------------------------

-- A URI as readers may see it. The query and the fragment of a URI are left out, since presigned ones are keys to the picture, and
-- so is what may be a password: all of it where it can't be told what is one. `data:` is shown without its payload.
CREATE FUNCTION entente.visible_uri(uri text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE
        WHEN lower(left(uri, 5)) = 'data:' THEN 'data:…'
        WHEN uri !~ '^[A-Za-z][A-Za-z0-9+.-]*:' THEN '…'
        -- An @ behind what can only be a host's or a bucket's name, or in a path of this machine, ends no password.
        WHEN strpos(uri, '@') > 0 AND uri !~* '^(https?://([^/?#@:]*\.[^/?#@:]*|localhost)|s3://[^/?#@:]+|file:(//[^/?#@:]*)?)([/?#]|$)'
            THEN substring(uri from '^[A-Za-z0-9+.-]*:') || '…'
        ELSE substring(uri from '^[^?#]*') END
$$;

CREATE VIEW entente.image_sources AS
SELECT i.analysis_id, i.image_id, entente.visible_uri(i.uri) AS uri, i.uri = entente.visible_uri(i.uri) AS is_whole,
    r.sha256, i.label, i.state, i.group_name
FROM entente.images AS i
LEFT JOIN entente.image_results AS r ON r.analysis_id = i.analysis_id AND r.image_id = i.image_id;
COMMENT ON VIEW entente.image_sources IS
    'Every image that is expected of an analysis, and where its bytes are; filter by analysis_id.';
COMMENT ON COLUMN entente.image_sources.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_sources.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_sources.uri IS
    'Where its bytes are, without query, fragment and credentials; of inline bytes and of what may be a secret an ellipsis.';
COMMENT ON COLUMN entente.image_sources.is_whole IS 'Whether nothing was left out of uri, so that the picture can be had there.';
COMMENT ON COLUMN entente.image_sources.sha256 IS 'Of the bytes that were analysed, hexadecimal; null without a result.';
COMMENT ON COLUMN entente.image_sources.label IS 'Class id that it was submitted with; null without one.';
COMMENT ON COLUMN entente.image_sources.state IS 'done, failed or pending.';
COMMENT ON COLUMN entente.image_sources.group_name IS 'Group that it was submitted in; null without one.';

-- One image -------------------------------------------------------------------------------------------------------

CREATE VIEW entente.image_parts AS
SELECT p.analysis_id, p.image_id, p.part_method, p.grid_height, p.grid_width, p.grid, p.boxes,
    array_to_string(p.boxes, ', ') AS boxes_text
FROM entente.part_results AS p;
COMMENT ON VIEW entente.image_parts IS 'Where the parts of an image are, one row a part method; filter by analysis_id and image_id.';
COMMENT ON COLUMN entente.image_parts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_parts.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_parts.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.image_parts.grid_height IS 'Rows of patches.';
COMMENT ON COLUMN entente.image_parts.grid_width IS 'Patches in a row.';
COMMENT ON COLUMN entente.image_parts.grid IS 'One byte a patch, row by row: number of its part, 255 for background.';
COMMENT ON COLUMN entente.image_parts.boxes IS 'Five a part: part, top, left, bottom, right; patches, inclusive.';
COMMENT ON COLUMN entente.image_parts.boxes_text IS 'boxes, with commas between.';

CREATE VIEW entente.image_classes AS
SELECT r.analysis_id, r.image_id, (t.place - 1)::integer AS rank, t.class_index, k.class_id, k.name AS class_name, t.similarity,
    t.probability, t.class_index = r.label_index AS is_label
FROM entente.image_results AS r
CROSS JOIN LATERAL unnest(r.top_classes, r.top_similarities, r.top_probabilities)
    WITH ORDINALITY AS t (class_index, similarity, probability, place)
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = t.class_index;
COMMENT ON VIEW entente.image_classes IS
    'The classes that an image looks most like, one row a class; filter by analysis_id and image_id.';
COMMENT ON COLUMN entente.image_classes.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_classes.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_classes.rank IS '0 for the most similar, which is the prediction.';
COMMENT ON COLUMN entente.image_classes.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.image_classes.class_id IS 'The class.';
COMMENT ON COLUMN entente.image_classes.class_name IS 'Its name.';
COMMENT ON COLUMN entente.image_classes.similarity IS 'Cosine of image and class.';
COMMENT ON COLUMN entente.image_classes.probability IS 'What a model with a sigmoid score says of the class by itself; else null.';
COMMENT ON COLUMN entente.image_classes.is_label IS 'Whether it is the label; null without one.';

-- Lists of images -------------------------------------------------------------------------------------------------

CREATE VIEW entente.image_agreements AS
SELECT p.analysis_id, p.image_id, p.part_method, p.label_index, p.predicted_index, p.vision_count, p.language_count, p.overlap,
    p.mi_released AS mi_released_nano, p.auc_released AS auc_released_nano, p.mi_membership AS mi_membership_nano,
    p.auc_membership AS auc_membership_nano, p.p_value, p.vision_descriptors, p.vision_mutual,
    array_to_string(p.vision_descriptors, ', ') AS vision_descriptors_text, array_to_string(p.vision_mutual, ', ') AS vision_mutual_text
FROM entente.part_results AS p;
COMMENT ON VIEW entente.image_agreements IS
    'As image_scores, for lists: sorted by an amount or an id in the order of an index; filter by analysis_id and part_method.';
COMMENT ON COLUMN entente.image_agreements.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_agreements.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_agreements.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.image_agreements.label_index IS 'Place of its label in the analysis; null without one.';
COMMENT ON COLUMN entente.image_agreements.predicted_index IS 'Place of the prediction in the analysis.';
COMMENT ON COLUMN entente.image_agreements.vision_count IS 'Vision concepts.';
COMMENT ON COLUMN entente.image_agreements.language_count IS 'Language concepts.';
COMMENT ON COLUMN entente.image_agreements.overlap IS 'Mutual concepts.';
COMMENT ON COLUMN entente.image_agreements.mi_released_nano IS 'Mutual information, released estimator, nano-nats.';
COMMENT ON COLUMN entente.image_agreements.auc_released_nano IS 'Mean of the released curve, nano-nats.';
COMMENT ON COLUMN entente.image_agreements.mi_membership_nano IS 'Mutual information, membership estimator, nano-nats.';
COMMENT ON COLUMN entente.image_agreements.auc_membership_nano IS 'Mean of the membership curve, nano-nats.';
COMMENT ON COLUMN entente.image_agreements.p_value IS 'Chance of at least this overlap; null when undefined.';
COMMENT ON COLUMN entente.image_agreements.vision_descriptors IS 'Places of its vision concepts in the bank, most relevant first.';
COMMENT ON COLUMN entente.image_agreements.vision_mutual IS 'Whether each is a language concept too.';
COMMENT ON COLUMN entente.image_agreements.vision_descriptors_text IS 'vision_descriptors, with commas between.';
COMMENT ON COLUMN entente.image_agreements.vision_mutual_text IS 'vision_mutual, with commas between.';

-- Partial and not led by analysis_id, for the reasons that 0002 and 0017 have.
CREATE INDEX part_results_by_auc_released ON entente.part_results (part_method, analysis_id, auc_released, image_id)
    WHERE auc_released IS NOT NULL;
CREATE INDEX part_results_by_auc_membership ON entente.part_results (part_method, analysis_id, auc_membership, image_id)
    WHERE auc_membership IS NOT NULL;

CREATE VIEW entente.image_predictions AS
SELECT r.analysis_id, r.image_id, r.label_index, r.predicted_index, r.hit_at_1 FROM entente.image_results AS r;
COMMENT ON VIEW entente.image_predictions IS 'What every image is taken for, by places of classes; filter by analysis_id.';
COMMENT ON COLUMN entente.image_predictions.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_predictions.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_predictions.label_index IS 'Place of its label in the analysis; null without one.';
COMMENT ON COLUMN entente.image_predictions.predicted_index IS 'Place of the prediction in the analysis.';
COMMENT ON COLUMN entente.image_predictions.hit_at_1 IS 'Label is the prediction; null without a label.';

-- As before, in the order of images.
DROP INDEX entente.image_results_by_label;
CREATE INDEX image_results_by_label ON entente.image_results (label_index, analysis_id, image_id) WHERE label_index IS NOT NULL;

-- Analyses, classes, descriptors ----------------------------------------------------------------------------------

CREATE VIEW entente.analysis_settings AS
SELECT a.analysis_id, a.name, a.registered_at, a.setting_digest, a.model_weights, a.method_revision,
    (SELECT max(k.class_index) + 1 FROM entente.classes AS k WHERE k.analysis_id = a.analysis_id) AS classes,
    (SELECT max(d.descriptor_index) + 1 FROM entente.descriptors AS d WHERE d.analysis_id = a.analysis_id) AS descriptors,
    a.canonical_json
FROM entente.analyses AS a;
COMMENT ON VIEW entente.analysis_settings IS 'What an analysis is: one row an analysis.';
COMMENT ON COLUMN entente.analysis_settings.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_settings.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_settings.registered_at IS 'When it was first registered.';
COMMENT ON COLUMN entente.analysis_settings.setting_digest IS 'Equal for analyses that differ in nothing but the model.';
COMMENT ON COLUMN entente.analysis_settings.model_weights IS 'SHA-256 of the model''s weights.';
COMMENT ON COLUMN entente.analysis_settings.method_revision IS
    'The highest revision among the stages of the method that the analysis uses.';
COMMENT ON COLUMN entente.analysis_settings.classes IS 'Classes.';
COMMENT ON COLUMN entente.analysis_settings.descriptors IS 'Descriptors of the bank.';
COMMENT ON COLUMN entente.analysis_settings.canonical_json IS 'What the id is computed from, byte for byte.';

CREATE VIEW entente.analysis_classes AS
SELECT k.analysis_id, k.class_index, k.class_id, k.name AS class_name FROM entente.classes AS k;
COMMENT ON VIEW entente.analysis_classes IS 'The classes of an analysis; filter by analysis_id.';
COMMENT ON COLUMN entente.analysis_classes.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_classes.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.analysis_classes.class_id IS 'The class.';
COMMENT ON COLUMN entente.analysis_classes.class_name IS 'Its name.';

CREATE VIEW entente.class_points AS
SELECT p.analysis_id, p.part_method, p.class_index, p.images, i.labelled, i.hits_at_1,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    p.mi_released / p.images::double precision / 1e9 AS mi_released, p.auc_released / p.images::double precision / 1e9 AS auc_released,
    p.mi_membership / p.images::double precision / 1e9 AS mi_membership,
    p.auc_membership / p.images::double precision / 1e9 AS auc_membership
FROM (
    SELECT r.analysis_id, r.part_method, r.label_index AS class_index, sum(r.images)::bigint AS images,
        sum(r.mi_released)::double precision AS mi_released, sum(r.auc_released)::double precision AS auc_released,
        sum(r.mi_membership)::double precision AS mi_membership, sum(r.auc_membership)::double precision AS auc_membership
    FROM entente.part_rollups AS r WHERE r.label_index >= 0
    GROUP BY r.analysis_id, r.part_method, r.label_index HAVING sum(r.images) > 0
) AS p
JOIN (
    SELECT r.analysis_id, r.label_index AS class_index, sum(r.labelled)::bigint AS labelled, sum(r.hits_at_1)::bigint AS hits_at_1
    FROM entente.image_rollups AS r WHERE r.label_index >= 0 GROUP BY r.analysis_id, r.label_index
) AS i ON i.analysis_id = p.analysis_id AND i.class_index = p.class_index;
COMMENT ON VIEW entente.class_points IS
    'As class_summary of labels, without intervals, which take longer than all the rest; filter by analysis_id and part_method.';
COMMENT ON COLUMN entente.class_points.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_points.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.class_points.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.class_points.images IS 'Images that are labelled with it.';
COMMENT ON COLUMN entente.class_points.labelled IS 'The same, of all part methods together.';
COMMENT ON COLUMN entente.class_points.hits_at_1 IS 'Those of them whose label is the prediction.';
COMMENT ON COLUMN entente.class_points.top_1 IS 'hits_at_1 / labelled.';
COMMENT ON COLUMN entente.class_points.mi_released IS 'Mean mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.class_points.auc_released IS 'Mean of the images'' own AUCs, released estimator, nats.';
COMMENT ON COLUMN entente.class_points.mi_membership IS 'Mean mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.class_points.auc_membership IS 'Mean of the images'' own AUCs, membership estimator, nats.';

CREATE VIEW entente.analysis_descriptors AS
SELECT d.analysis_id, d.descriptor_index, d.descriptor FROM entente.descriptors AS d;
COMMENT ON VIEW entente.analysis_descriptors IS 'The descriptor bank of an analysis; filter by analysis_id.';
COMMENT ON COLUMN entente.analysis_descriptors.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_descriptors.descriptor_index IS 'Place in the bank.';
COMMENT ON COLUMN entente.analysis_descriptors.descriptor IS 'The descriptor.';

CREATE INDEX classes_by_words ON entente.classes USING gin (to_tsvector('simple'::regconfig, name));
CREATE INDEX descriptors_by_words ON entente.descriptors USING gin (to_tsvector('simple'::regconfig, descriptor));
-- For the same descriptor in other banks. A descriptor may be too long for a tree.
CREATE INDEX descriptors_by_text ON entente.descriptors USING hash (descriptor);

CREATE VIEW entente.concept_classes AS
SELECT r.analysis_id, r.part_method, r.descriptor_index, r.label_index, r.predicted_index,
    sum(r.vision_images)::bigint AS vision_images, sum(r.mutual_images)::bigint AS mutual_images
FROM entente.concept_rollups AS r
GROUP BY r.analysis_id, r.part_method, r.descriptor_index, r.label_index, r.predicted_index
HAVING sum(r.vision_images) > 0;
COMMENT ON VIEW entente.concept_classes IS
    'In how many images of which classes a descriptor is found, one row a pair of classes; filter by analysis_id and descriptor_index.';
COMMENT ON COLUMN entente.concept_classes.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.concept_classes.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.concept_classes.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.concept_classes.label_index IS
    'Place of the label''s class; -1 for images without one, -2 for all images of all classes.';
COMMENT ON COLUMN entente.concept_classes.predicted_index IS 'Place of the predicted class; -2 for all images of all classes.';
COMMENT ON COLUMN entente.concept_classes.vision_images IS 'Images in which it is a vision concept.';
COMMENT ON COLUMN entente.concept_classes.mutual_images IS 'Images in which it is a mutual concept.';
CREATE INDEX concept_rollups_by_descriptor ON entente.concept_rollups (descriptor_index, analysis_id, part_method);

CREATE INDEX class_language_concepts_by_descriptor ON entente.class_language_concepts (descriptor_index, analysis_id);
