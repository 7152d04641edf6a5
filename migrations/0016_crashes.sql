-- oldest worker: 10
--
-- What a crash says of the job that ran alone when it happened. A worker that is killed from outside says nothing of it, and one
-- that got further than another before it little; so progress within the job is noted, and a worker that traps says so with its
-- last words.

ALTER TABLE entente.in_flight_jobs
    ADD attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    ADD progress integer CHECK (progress >= 0),
    ADD furthest integer CHECK (furthest >= 0),
    ADD has_trapped boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN entente.in_flight_jobs.crashes IS
    'Workers that trapped while it ran alone, and got no further with it than one before.';
COMMENT ON COLUMN entente.in_flight_jobs.attempts IS
    'Workers that vanished while it ran alone and its first image had been read, by whatever cause.';
COMMENT ON COLUMN entente.in_flight_jobs.progress IS
    'Steps that were done since it runs alone: images read, and calls of the encoder; null before the first image is read.';
COMMENT ON COLUMN entente.in_flight_jobs.furthest IS 'The most progress of an attempt that ended with its worker.';
COMMENT ON COLUMN entente.in_flight_jobs.has_trapped IS 'Whether its worker said with its last words that it traps.';

-- Many sessions of one worker may say so: a session whose other end is gone may last for a while, and its successor waits for
-- nobody.
CREATE OR REPLACE FUNCTION entente.announce_owner(owner text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_catalog.pg_advisory_lock_shared(6647413, pg_catalog.hashtext(owner))
$$;

-- As before, and judges what the former owner left in flight by how far it came and how it ended.
CREATE OR REPLACE FUNCTION entente.take_partition(
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
        SET is_suspect = true, is_alone = false, progress = NULL, has_trapped = false,
            attempts = j.attempts + (j.is_alone AND j.progress IS NOT NULL)::integer,
            crashes = j.crashes
                + (j.is_alone AND j.has_trapped AND j.progress <= coalesce(j.furthest, j.progress) IS TRUE)::integer,
            furthest = CASE WHEN j.is_alone THEN greatest(j.furthest, j.progress) ELSE j.furthest END
        WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition;
    END IF;
END $$;

-- As before, and forgets what was noted of an attempt that came to an end.
CREATE OR REPLACE FUNCTION entente.release_jobs(of_group text, of_topic text, of_partition integer) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM entente.in_flight_jobs AS j
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND NOT j.is_suspect;
    UPDATE entente.in_flight_jobs AS j SET is_alone = false, progress = NULL, has_trapped = false
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND j.is_alone
$$;

CREATE OR REPLACE FUNCTION entente.take_job(
    of_group text, of_topic text, of_partition integer, of_offset bigint, with_epoch bigint, alone boolean
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO entente.in_flight_jobs (consumer_group, topic, partition, message_offset, owner, is_alone)
    SELECT o.consumer_group, o.topic, o.partition, of_offset, o.owner, alone FROM entente.job_offsets AS o
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition AND o.epoch = with_epoch
        AND o.next_offset IS DISTINCT FROM of_offset + 1
    ON CONFLICT (consumer_group, topic, partition, message_offset)
        DO UPDATE SET owner = excluded.owner, is_alone = excluded.is_alone, taken_at = clock_timestamp(), progress = NULL,
            has_trapped = false;
    RETURN FOUND;
END $$;

-- How far the job is that runs alone. Without effect for one whose partition has another owner.
CREATE FUNCTION entente.note_progress(
    of_group text, of_topic text, of_partition integer, of_offset bigint, with_epoch bigint, steps integer
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE entente.in_flight_jobs AS j SET progress = steps
    WHERE j.consumer_group = of_group AND j.topic = of_topic AND j.partition = of_partition AND j.message_offset = of_offset
        AND j.is_alone
        AND EXISTS (SELECT FROM entente.job_offsets AS o
            WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition AND o.epoch = with_epoch)
$$;

-- A worker's last words: what it does alone made it trap.
CREATE FUNCTION entente.note_trap(of_owner text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE entente.in_flight_jobs AS j SET has_trapped = true WHERE j.owner = of_owner AND j.is_alone
$$;

-- What failed last on a host whose worker stopped since too much did, so that the worker which is started there anew does not
-- have to fail as much again before it notices.
CREATE TABLE entente.failure_windows (
    consumer_group text COLLATE "C" NOT NULL,
    host text COLLATE "C" NOT NULL,
    outcomes boolean[] NOT NULL,
    failed_jobs integer NOT NULL CHECK (failed_jobs >= 0),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, host)
);
COMMENT ON TABLE entente.failure_windows IS 'Where workers stopped since too much failed, and what they had seen.';
COMMENT ON COLUMN entente.failure_windows.outcomes IS 'Whether each of the last images failed, the latest last.';
COMMENT ON COLUMN entente.failure_windows.failed_jobs IS 'Jobs in a row of which no image succeeded.';

CREATE FUNCTION entente.note_failure_window(
    of_group text, of_host text, with_outcomes boolean[], with_failed_jobs integer
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO entente.failure_windows AS w (consumer_group, host, outcomes, failed_jobs)
    VALUES (of_group, of_host, with_outcomes, with_failed_jobs)
    ON CONFLICT (consumer_group, host) DO UPDATE
        SET outcomes = excluded.outcomes, failed_jobs = excluded.failed_jobs, noted_at = clock_timestamp()
$$;

-- What was noted within the last hour; it is forgotten by that, since whoever takes it goes on with it.
CREATE FUNCTION entente.take_failure_window(of_group text, of_host text, OUT outcomes boolean[], OUT failed_jobs integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    DELETE FROM entente.failure_windows AS w WHERE w.consumer_group = of_group AND w.host = of_host
    RETURNING
        CASE WHEN w.noted_at > clock_timestamp() - interval '1 hour' THEN w.outcomes END,
        CASE WHEN w.noted_at > clock_timestamp() - interval '1 hour' THEN w.failed_jobs END
    INTO outcomes, failed_jobs;
END $$;
