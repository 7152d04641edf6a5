-- oldest worker: 10
--
-- All that a worker asks before it fetches a job's pictures, in one round trip: is the job still ours, was its submission
-- called off, and which results stand. Older builds go on asking one by one.

-- Notes the job as entente.take_job does. `standing` has an element an image, in the order of `of_images`: null when a result
-- would be written, else the digest of the group that the result in place was computed in, empty without one. It mirrors the rule
-- by which results are replaced: forced, and of an older submission; one that is not in the table yet will be the youngest.
--
-- Each image is looked up by its key whatever the planner believes of the table: the limit keeps the look-up from being
-- turned into a join, and a table that was empty when a session planned may hold a million rows when it runs.
CREATE FUNCTION entente.begin_job(
    of_group text, of_topic text, of_partition integer, of_offset bigint, with_epoch bigint, alone boolean,
    of_analysis text, of_images text[], forced boolean, of_submission text,
    OUT is_ours boolean, OUT is_cancelled boolean, OUT standing text[]
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    place bigint := CASE WHEN of_submission IS NULL THEN 0 ELSE 9223372036854775807 END;
    known record;
BEGIN
    is_cancelled := false;
    standing := '{}';
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
    SELECT array_agg(found.digest ORDER BY u.ordinality) INTO standing
    FROM unnest(of_images) WITH ORDINALITY AS u (image_id, ordinality)
    LEFT JOIN LATERAL (
        SELECT coalesce(r.group_digest, '') AS digest FROM entente.image_results AS r
        WHERE r.analysis_id = of_analysis AND r.image_id = u.image_id
            AND NOT (forced AND (r.submission IS NULL OR r.submission < place))
        LIMIT 1
    ) AS found ON true;
END $$;
