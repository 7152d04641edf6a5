-- oldest worker: 10
--
-- What triggers and checks look for in large tables they look up by keys, whatever the planner believes. A session keeps the plans
-- that it made while a table was nearly empty, and such a plan reads all of it: by a scan, by the whole index, or into a hash
-- table, which EXISTS in an expression may become too. A limit in a subquery keeps it a look-up.

DO $migration$
DECLARE
    event text;
    changed text;
BEGIN
    FOR event, changed IN VALUES
        ('insert', 'SELECT analysis_id, image_id, shard FROM new_rows'),
        ('delete', 'SELECT analysis_id, image_id, shard FROM old_rows'),
        ('update', 'SELECT analysis_id, image_id, shard FROM new_rows UNION ALL '
            'SELECT analysis_id, image_id, shard FROM old_rows')
    LOOP
        -- As in 0004 otherwise.
        EXECUTE format($f$
            CREATE OR REPLACE FUNCTION entente.settle_states_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
            SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
            AS $body$
            BEGIN
                PERFORM 1 FROM (
                    SELECT DISTINCT c.analysis_id COLLATE "C" AS analysis_id, c.image_id COLLATE "C" AS image_id
                    FROM (%2$s) AS c ORDER BY 1, 2
                ) AS k
                CROSS JOIN LATERAL (
                    SELECT FROM entente.images AS i WHERE i.analysis_id = k.analysis_id AND i.image_id = k.image_id
                    LIMIT 1 FOR NO KEY UPDATE
                ) AS i;
                IF NOT FOUND THEN
                    RETURN NULL;
                END IF;
                UPDATE entente.images AS i SET state = k.state, state_shard = k.shard
                FROM (
                    SELECT c.analysis_id, c.image_id, c.shard, coalesce(
                        (SELECT 'done' FROM entente.image_results AS r
                            WHERE r.analysis_id = c.analysis_id AND r.image_id = c.image_id LIMIT 1),
                        (SELECT 'failed' FROM entente.failed_images AS f
                            WHERE f.analysis_id = c.analysis_id AND f.image_id = c.image_id LIMIT 1),
                        'pending') AS state
                    FROM (SELECT d.analysis_id, d.image_id, min(d.shard) AS shard FROM (%2$s) AS d
                        GROUP BY d.analysis_id, d.image_id) AS c
                ) AS k
                WHERE i.analysis_id = k.analysis_id AND i.image_id = k.image_id AND i.state <> k.state;
                RETURN NULL;
            END $body$
        $f$, event, changed);
    END LOOP;
END $migration$;

ALTER FUNCTION entente.carry_to_parts() SET enable_seqscan = off;
ALTER FUNCTION entente.carry_to_parts() SET enable_bitmapscan = off;
ALTER FUNCTION entente.carry_to_parts() SET enable_hashjoin = off;
ALTER FUNCTION entente.carry_to_parts() SET enable_mergejoin = off;

-- As in 0014, but for how it notes URIs.
CREATE OR REPLACE FUNCTION entente.open_job(
    of_group text, of_topic text, of_partition integer, of_offset bigint, with_epoch bigint, alone boolean,
    of_analysis text, of_images text[], of_uris text[], forced boolean, of_submission text,
    OUT is_ours boolean, OUT is_cancelled boolean, OUT standing text[], OUT states text[], OUT labels text[],
    OUT label_indexes integer[], OUT hashes text[], OUT elsewhere boolean[], OUT later boolean[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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
        -- In the order of keys, as all who lock several images. The analysis comes out of the subquery, or it would be reason enough
        -- to read all images of it.
        UPDATE entente.images AS i SET other_uri = n.uri
        FROM (
            SELECT of_analysis AS analysis_id, u.image_id, u.uri
            FROM (
                SELECT v.image_id, v.uri FROM unnest(of_images, of_uris, elsewhere) AS v (image_id, uri, elsewhere)
                WHERE v.elsewhere ORDER BY v.image_id COLLATE "C"
            ) AS u
            CROSS JOIN LATERAL (
                SELECT FROM entente.images AS k
                WHERE k.analysis_id = of_analysis AND k.image_id = u.image_id AND k.state <> 'failed'
                    AND k.other_uri IS DISTINCT FROM u.uri
                LIMIT 1 FOR NO KEY UPDATE
            ) AS k
            -- Nothing is left out: it only keeps this a subquery.
            OFFSET 0
        ) AS n
        WHERE i.analysis_id = n.analysis_id AND i.image_id = n.image_id;
    END IF;
END $$;

-- On a table of a few rows the planner may take any index that has analysis_id for a look-up by (analysis_id, image_id), as
-- foreign keys make one for each part. It takes none whose predicate the look-up does not imply; what asks for a class does.
DROP INDEX entente.image_results_by_class, entente.image_results_by_label;
CREATE INDEX image_results_by_class ON entente.image_results (predicted_index, label_index, analysis_id)
    WHERE predicted_index IS NOT NULL;
CREATE INDEX image_results_by_label ON entente.image_results (label_index, analysis_id) WHERE label_index IS NOT NULL;

-- As before.
CREATE OR REPLACE FUNCTION entente.check_group_digests(
    of_analysis text[], of_image text[], with_digest text[]
) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    conflicting text;
BEGIN
    SELECT u.image_id INTO conflicting
    FROM unnest(of_analysis, of_image, with_digest) AS u (analysis_id, image_id, digest)
    CROSS JOIN LATERAL (
        SELECT r.group_digest FROM entente.image_results AS r
        WHERE r.analysis_id = u.analysis_id AND r.image_id = u.image_id LIMIT 1
    ) AS r
    WHERE r.group_digest IS DISTINCT FROM u.digest
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'image % was decomposed in another group', conflicting USING ERRCODE = 'EN002';
    END IF;
END $$;
