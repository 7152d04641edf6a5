-- oldest worker: 10
--
-- Builds before this one fail the jobs of an analysis whose method revision they do not compute; later ones wait with them.
-- So none of them may go on: a worker says of which version it is when it claims a partition, and versions that the schema
-- has left behind are refused. This migration raises every epoch, as any that shuts builds out has to: what those builds
-- have in flight is fenced, and what they would claim again they do not get.

DROP FUNCTION entente.claim_offset(text, text, integer, text);
-- As before, for builds that suit the schema. With the owner's rights, since workers delete nothing.
CREATE FUNCTION entente.claim_offset(
    of_group text, of_topic text, of_partition integer, new_owner text, of_version integer,
    OUT epoch bigint, OUT next_offset bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    oldest integer;
    former text;
    mine record;
BEGIN
    SELECT max(m.oldest_worker) INTO oldest FROM entente.schema_migrations AS m;
    IF of_version < oldest THEN
        RAISE EXCEPTION 'this worker is of version %, and the schema needs % or newer', of_version, oldest
            USING ERRCODE = 'EN003';
    END IF;
    SELECT o.owner INTO former FROM entente.job_offsets AS o
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition FOR UPDATE;
    INSERT INTO entente.job_offsets AS o (consumer_group, topic, partition, epoch, owner)
    VALUES (of_group, of_topic, of_partition, 1, new_owner)
    ON CONFLICT (consumer_group, topic, partition)
        DO UPDATE SET epoch = o.epoch + 1, owner = excluded.owner, updated_at = clock_timestamp()
    RETURNING o.epoch AS epoch, o.next_offset AS next_offset INTO mine;
    epoch := mine.epoch;
    next_offset := mine.next_offset;

    DELETE FROM entente.in_flight_jobs AS j
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition
        AND j.message_offset < mine.next_offset;
    IF former IS NULL OR former = new_owner OR entente.is_present(former) THEN
        PERFORM entente.release_jobs(of_group, of_topic, of_partition);
    ELSE
        UPDATE entente.in_flight_jobs AS j
        SET is_suspect = true, crashes = j.crashes + j.is_alone::integer, is_alone = false
        WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition;
    END IF;
END $$;

UPDATE entente.job_offsets SET epoch = epoch + 1;

COMMENT ON COLUMN entente.analyses.method_revision IS
    'The highest revision among the stages of the method that the analysis uses; what changes in other stages leaves it.';
COMMENT ON COLUMN entente.image_results.kernel_set IS
    'What computed it: OpenBLAS''s kernels and ours, such as Haswell+avx2; in rows of older builds OpenBLAS''s alone.';
