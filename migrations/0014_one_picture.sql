-- oldest worker: 10
--
-- An image is one picture with one label. What a job says of it is held against what the tables have: before its pictures are
-- fetched, and once more in the transaction that writes its results.

ALTER TABLE entente.images ADD other_uri text;
COMMENT ON COLUMN entente.images.other_uri IS
    'Where it was last said to be besides, by a job or submission that does not replace it; null if it never was.';

-- Whether two URIs are unlike. Inline bytes that were not kept can't be compared.
CREATE FUNCTION entente.is_elsewhere(stored text, given text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT stored <> given AND NOT (lower(left(stored, 5)) = 'data:' AND lower(left(given, 5)) = 'data:')
$$;

-- As entente.begin_job, and says what is known of each image, in the order of `of_images`: its state, label and SHA-256 (of the bytes
-- that were analysed, else as announced), the label's class where there is a result, whether it was said to be elsewhere, and
-- whether what named it was a later submission than this job's. Null in `states`: the analysis knows no such image.
--
-- `of_uris` are as they would be stored. One under which the image is not known is noted beside the row that stands.
CREATE FUNCTION entente.open_job(
    of_group text, of_topic text, of_partition integer, of_offset bigint, with_epoch bigint, alone boolean,
    of_analysis text, of_images text[], of_uris text[], forced boolean, of_submission text,
    OUT is_ours boolean, OUT is_cancelled boolean, OUT standing text[], OUT states text[], OUT labels text[],
    OUT label_indexes integer[], OUT hashes text[], OUT elsewhere boolean[], OUT later boolean[]
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    place bigint := CASE WHEN of_submission IS NULL THEN 0 ELSE 9223372036854775807 END;
    known record;
BEGIN
    is_cancelled := false;
    standing := '{}';
    states := '{}';
    labels := '{}';
    label_indexes := '{}';
    hashes := '{}';
    elsewhere := '{}';
    later := '{}';
    is_ours := entente.take_job(of_group, of_topic, of_partition, of_offset, with_epoch, alone);
    IF NOT is_ours THEN
        RETURN;
    END IF;
    SELECT s.sequence, s.cancelled_at IS NOT NULL AS is_cancelled INTO known
    FROM entente.submissions AS s WHERE s.submission_id = of_submission;
    IF FOUND THEN
        place := known.sequence;
        is_cancelled := known.is_cancelled;
    END IF;
    IF is_cancelled OR cardinality(of_images) = 0 THEN
        RETURN;
    END IF;
    SELECT
        array_agg(CASE WHEN NOT (forced AND (r.submission IS NULL OR r.submission < place)) THEN r.digest END ORDER BY u.ordinality),
        array_agg(i.state ORDER BY u.ordinality), array_agg(i.label ORDER BY u.ordinality),
        array_agg(r.label_index ORDER BY u.ordinality), array_agg(coalesce(r.sha256, i.sha256) ORDER BY u.ordinality),
        array_agg(coalesce(entente.is_elsewhere(i.uri, u.uri), false) ORDER BY u.ordinality),
        array_agg(of_submission IS NOT NULL AND coalesce(coalesce(r.submission, i.submission) > place, false) ORDER BY u.ordinality)
    INTO standing, states, labels, label_indexes, hashes, elsewhere, later
    FROM unnest(of_images, of_uris) WITH ORDINALITY AS u (image_id, uri, ordinality)
    LEFT JOIN LATERAL (
        SELECT * FROM entente.images AS i WHERE i.analysis_id = of_analysis AND i.image_id = u.image_id LIMIT 1
    ) AS i ON true
    LEFT JOIN LATERAL (
        SELECT r.submission, r.label_index, r.sha256, coalesce(r.group_digest, '') AS digest FROM entente.image_results AS r
        WHERE r.analysis_id = of_analysis AND r.image_id = u.image_id LIMIT 1
    ) AS r ON true;
    IF NOT forced AND true = ANY (elsewhere) THEN
        -- In the order of keys, as all who lock several images.
        UPDATE entente.images AS i SET other_uri = n.uri
        FROM (
            SELECT k.image_id, u.uri
            FROM unnest(of_images, of_uris, elsewhere) AS u (image_id, uri, elsewhere)
            JOIN entente.images AS k ON k.analysis_id = of_analysis AND k.image_id = u.image_id
            WHERE u.elsewhere AND k.state <> 'failed' AND k.other_uri IS DISTINCT FROM u.uri
            ORDER BY k.image_id FOR NO KEY UPDATE OF k
        ) AS n
        WHERE i.analysis_id = of_analysis AND i.image_id = n.image_id;
    END IF;
END $$;

-- Places, from 1, of those whose result in place is of another class or of other bytes, and of no later submission. No
-- class is another one; no hash says nothing of the bytes.
CREATE FUNCTION entente.differing_results(
    of_analysis text[], of_image text[], with_label integer[], with_sha256 text[], of_submission text[]
) RETURNS integer[] LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN (
        SELECT array_agg(u.place::integer ORDER BY u.place)
        FROM unnest(of_analysis, of_image, with_label, with_sha256, of_submission)
            WITH ORDINALITY AS u (analysis_id, image_id, label_index, sha256, submission, place)
        CROSS JOIN LATERAL (
            SELECT r.label_index, r.sha256, r.submission FROM entente.image_results AS r
            WHERE r.analysis_id = u.analysis_id AND r.image_id = u.image_id LIMIT 1
        ) AS r
        WHERE (u.label_index IS DISTINCT FROM r.label_index OR u.sha256 <> r.sha256)
            AND NOT coalesce((SELECT r.submission > s.sequence FROM entente.submissions AS s
                WHERE s.submission_id = u.submission LIMIT 1), false)
    );
END $$;

-- After a batch's results. Raises, because in a pipeline only an error keeps the batch from being committed.
CREATE FUNCTION entente.check_results(
    of_analysis text[], of_image text[], with_label integer[], with_sha256 text[], of_submission text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    places integer[] := entente.differing_results(of_analysis, of_image, with_label, with_sha256, of_submission);
BEGIN
    IF places IS NOT NULL THEN
        RAISE EXCEPTION 'image % has a result of another label or of other contents', of_image[places[1]]
            USING ERRCODE = 'EN014';
    END IF;
END $$;
