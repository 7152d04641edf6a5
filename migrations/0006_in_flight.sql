-- oldest worker: 1
--
-- Which jobs were being worked on when a worker ended without a word. Such jobs are suspects: they run one at a time, and
-- only a crash while one runs alone counts against it.
--
-- A job's row is written before it is touched and goes with the transaction that stores its outcome.

CREATE TABLE entente.in_flight_jobs (
    consumer_group text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    message_offset bigint NOT NULL,
    owner text NOT NULL,
    is_suspect boolean NOT NULL DEFAULT false,
    is_alone boolean NOT NULL DEFAULT false,
    crashes integer NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, topic, partition, message_offset)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE entente.in_flight_jobs IS 'Jobs that were taken and whose outcome is not stored yet.';
COMMENT ON COLUMN entente.in_flight_jobs.is_suspect IS 'Whether its worker vanished while it was in flight.';
COMMENT ON COLUMN entente.in_flight_jobs.is_alone IS 'Whether it runs now with nothing beside it in its worker.';
COMMENT ON COLUMN entente.in_flight_jobs.crashes IS 'Workers that vanished while it ran alone.';

-- A worker that lives holds an advisory lock of its name for as long as its session lasts. The kernel ends the session of
-- a killed process at once; that of a stopped one goes on, and rightly so: it has not crashed.
CREATE FUNCTION entente.announce_owner(owner text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_catalog.pg_advisory_lock(6647413, pg_catalog.hashtext(owner))
$$;

CREATE FUNCTION entente.is_present(owner text) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 6647413 AND l.objsubid = 2
            AND l.objid::bigint = pg_catalog.hashtext(owner)::bigint & 4294967295
            AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d
                WHERE d.datname = pg_catalog.current_database()))
$$;

-- As before, and judges what the former owner left in flight. With the owner's rights, since workers delete nothing.
CREATE OR REPLACE FUNCTION entente.claim_offset(
    of_group text, of_topic text, of_partition integer, new_owner text, OUT epoch bigint, OUT next_offset bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    former text;
    mine record;
BEGIN
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

-- Nobody works on a partition's jobs now, and no crash was the reason.
CREATE FUNCTION entente.release_jobs(of_group text, of_topic text, of_partition integer) RETURNS void LANGUAGE sql AS $$
    DELETE FROM entente.in_flight_jobs AS j
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND NOT j.is_suspect;
    UPDATE entente.in_flight_jobs AS j SET is_alone = false
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND j.is_alone
$$;

-- What a worker says that lets a partition go in order. Without effect for one that is not the owner any more.
CREATE FUNCTION entente.release_offset(
    of_group text, of_topic text, of_partition integer, with_epoch bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM entente.job_offsets AS o
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition AND o.epoch = with_epoch
    FOR UPDATE;
    IF FOUND THEN
        PERFORM entente.release_jobs(of_group, of_topic, of_partition);
    END IF;
END $$;

-- Notes a job before it is touched, or that it runs alone now, or no longer does. False: the partition has another owner.
CREATE FUNCTION entente.take_job(
    of_group text, of_topic text, of_partition integer, of_offset bigint, with_epoch bigint, alone boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO entente.in_flight_jobs (consumer_group, topic, partition, message_offset, owner, is_alone)
    SELECT o.consumer_group, o.topic, o.partition, of_offset, o.owner, alone FROM entente.job_offsets AS o
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition AND o.epoch = with_epoch
        AND o.next_offset IS DISTINCT FROM of_offset + 1
    ON CONFLICT (consumer_group, topic, partition, message_offset)
        DO UPDATE SET owner = excluded.owner, is_alone = excluded.is_alone, taken_at = clock_timestamp();
    RETURN FOUND;
END $$;

-- As before, and forgets the jobs whose outcome this transaction stores. With the owner's rights, since workers delete
-- nothing.
CREATE OR REPLACE FUNCTION entente.advance_offset(
    of_group text, of_topic text, of_partition integer, with_epoch bigint, expected bigint, next bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE entente.job_offsets o
    SET next_offset = next, updated_at = clock_timestamp()
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition
        AND o.epoch = with_epoch AND o.next_offset IS NOT DISTINCT FROM expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'partition % of % was claimed by another worker', of_partition, of_topic
            USING ERRCODE = 'EN001';
    END IF;
    DELETE FROM entente.in_flight_jobs AS j
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND j.message_offset < next;
END $$;

-- A copy of text embeddings that was damaged must not become every worker's.
ALTER TABLE entente.text_embeddings ADD elements_sha256 bytea CHECK (octet_length(elements_sha256) = 32);
COMMENT ON COLUMN entente.text_embeddings.elements_sha256 IS
    'SHA-256 of elements, by who wrote them; null for rows of older builds.';
