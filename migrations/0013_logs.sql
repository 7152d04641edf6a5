-- oldest worker: 1
--
-- Which log an offset was counted in, where a partition begins that has none yet, and partitions that wait for an operator.
--
-- Kafka says of none of these that it happened: a topic made anew under its name, an election that shortened a log, another
-- cluster under the same addresses. An offset that lies in the new log as well would be gone on from, and what lies before it
-- never read. So the last record whose outcome is stored leaves its mark, and is looked for when the partition is claimed.

ALTER TABLE entente.job_offsets
    ADD cluster_id text,
    ADD last_offset bigint CHECK (last_offset >= 0),
    ADD last_digest bytea CHECK (octet_length(last_digest) = 32),
    ADD begins_at bigint CHECK (begins_at >= -2),
    ADD held_because text,
    ADD held_since timestamptz,
    ADD is_other_log boolean NOT NULL DEFAULT false,
    ADD CHECK ((last_offset IS NULL) = (last_digest IS NULL)),
    ADD CHECK ((held_because IS NULL) = (held_since IS NULL));
COMMENT ON COLUMN entente.job_offsets.cluster_id IS 'Of the cluster whose offsets these are, by its own name; null: not known.';
COMMENT ON COLUMN entente.job_offsets.last_offset IS
    'Of the last record whose outcome is in the tables, below next_offset; null: none, or not known.';
COMMENT ON COLUMN entente.job_offsets.last_digest IS 'SHA-256 of that record, by which it is known again.';
COMMENT ON COLUMN entente.job_offsets.begins_at IS
    'Where it begins while it has no offset: -2 the oldest record, else the first of that many milliseconds since 1970 or '
    'later; null: at 0, for a partition that came after the group.';
COMMENT ON COLUMN entente.job_offsets.held_because IS 'Why nobody reads it until `entente offsets` says how to go on; null: it is read.';
COMMENT ON COLUMN entente.job_offsets.is_other_log IS
    'Whether it is held because its log is another one, so that all of that is unread, and not what lies behind next_offset.';

-- What workers of builds before this one know of a claim stays as it was, but for what they would not heed.
ALTER FUNCTION entente.claim_offset(text, text, integer, text, integer) RENAME TO take_partition;

-- As before, for those builds: a partition that is held looks like one that another has locked, so they ask again later.
CREATE FUNCTION entente.claim_offset(
    of_group text, of_topic text, of_partition integer, new_owner text, of_version integer,
    OUT epoch bigint, OUT next_offset bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM entente.job_offsets AS o
        WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition
            AND o.held_because IS NOT NULL)
    THEN
        RAISE EXCEPTION 'partition % of % is held; `entente offsets` says why', of_partition, of_topic
            USING ERRCODE = 'lock_not_available';
    END IF;
    SELECT t.epoch, t.next_offset INTO epoch, next_offset
    FROM entente.take_partition(of_group, of_topic, of_partition, new_owner, of_version) AS t;
END $$;

-- Takes a partition over, and says all that is known of its log.
CREATE FUNCTION entente.claim_partition(
    of_group text, of_topic text, of_partition integer, new_owner text, of_version integer,
    OUT epoch bigint, OUT next_offset bigint, OUT cluster_id text, OUT last_offset bigint, OUT last_digest bytea,
    OUT begins_at bigint, OUT held_because text, OUT is_other_log boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM entente.take_partition(of_group, of_topic, of_partition, new_owner, of_version);
    SELECT o.epoch, o.next_offset, o.cluster_id, o.last_offset, o.last_digest, o.begins_at, o.held_because,
        o.is_other_log
    INTO epoch, next_offset, cluster_id, last_offset, last_digest, begins_at, held_because, is_other_log
    FROM entente.job_offsets AS o
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition;
END $$;

-- Says where the partitions of a topic begin, from 0 on, the first time that a group reads it; later calls change nothing.
-- An offset that is null is that of `at`, to be looked up once the partition's log can be asked.
CREATE FUNCTION entente.begin_topic(of_group text, of_topic text, starts bigint[], at bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(6647414, pg_catalog.hashtext(of_group || ' ' || of_topic));
    IF EXISTS (SELECT FROM entente.job_offsets AS o
        WHERE o.consumer_group = of_group AND o.topic = of_topic
            AND (o.next_offset IS NOT NULL OR o.begins_at IS NOT NULL))
    THEN
        RETURN;
    END IF;
    INSERT INTO entente.job_offsets AS o (consumer_group, topic, partition, epoch, owner, next_offset, begins_at)
    SELECT of_group, of_topic, s.number - 1, 0, '', s.start, at
    FROM unnest(starts) WITH ORDINALITY AS s (start, number)
    ORDER BY s.number
    ON CONFLICT (consumer_group, topic, partition)
        DO UPDATE SET next_offset = excluded.next_offset, begins_at = excluded.begins_at;
END $$;

-- As before, and marks the last record whose outcome this transaction stores; null when it stores none, which leaves the
-- mark as it was. With the owner's rights, since workers delete nothing.
CREATE FUNCTION entente.advance_offset(
    of_group text, of_topic text, of_partition integer, with_epoch bigint, expected bigint, next bigint,
    of_last bigint, with_digest bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE entente.job_offsets o
    SET next_offset = next, updated_at = clock_timestamp(),
        last_offset = coalesce(of_last, o.last_offset), last_digest = coalesce(with_digest, o.last_digest)
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition
        AND o.epoch = with_epoch AND o.next_offset IS NOT DISTINCT FROM expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'partition % of % was claimed by another worker', of_partition, of_topic
            USING ERRCODE = 'EN001';
    END IF;
    DELETE FROM entente.in_flight_jobs AS j
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND j.message_offset < next;
END $$;

-- As before, for builds that leave no mark: the one of an earlier record would be looked for in vain once that is gone.
CREATE OR REPLACE FUNCTION entente.advance_offset(
    of_group text, of_topic text, of_partition integer, with_epoch bigint, expected bigint, next bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM entente.advance_offset(of_group, of_topic, of_partition, with_epoch, expected, next, NULL, NULL);
    UPDATE entente.job_offsets AS o SET last_offset = NULL, last_digest = NULL
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition
        AND o.last_offset IS NOT NULL;
END $$;

CREATE OR REPLACE VIEW entente.partition_progress AS
SELECT o.consumer_group, o.topic, o.partition, o.owner, o.epoch, o.next_offset, o.updated_at, j.jobs_in_flight,
    j.suspects, j.oldest_taken_at, o.held_because, o.held_since
FROM entente.job_offsets AS o
CROSS JOIN LATERAL (
    SELECT count(*) AS jobs_in_flight, count(*) FILTER (WHERE f.is_suspect) AS suspects,
        min(f.taken_at) AS oldest_taken_at
    FROM entente.in_flight_jobs AS f
    WHERE f.consumer_group = o.consumer_group AND f.topic = o.topic AND f.partition = o.partition
) AS j;
COMMENT ON COLUMN entente.partition_progress.owner IS 'The worker that claimed it last; empty when none has yet.';
COMMENT ON COLUMN entente.partition_progress.held_because IS
    'Why nobody reads it until an operator says how to go on (`entente offsets`); null: it is read.';
COMMENT ON COLUMN entente.partition_progress.held_since IS 'Since when it is held.';
