-- oldest worker: 1
--
-- How far each partition is, and what can never succeed.

CREATE TABLE entente.job_offsets (
    consumer_group text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL CHECK (partition >= 0),
    epoch bigint NOT NULL,
    owner text NOT NULL,
    next_offset bigint CHECK (next_offset >= 0),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE entente.job_offsets IS 'The truth about offsets; what Kafka holds is a copy for lag monitors.';
COMMENT ON COLUMN entente.job_offsets.epoch IS 'Raised by every claim: whoever holds an older one is fenced.';
COMMENT ON COLUMN entente.job_offsets.next_offset IS 'First offset whose outcome is not in the tables; null before the first.';

-- First thing in a batch's transaction. Raises instead of touching no row, because in a pipeline only an error
-- keeps the statements after it from taking effect.
CREATE FUNCTION entente.advance_offset(
    of_group text, of_topic text, of_partition integer, with_epoch bigint, expected bigint, next bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE entente.job_offsets o
    SET next_offset = next, updated_at = clock_timestamp()
    WHERE o.consumer_group = of_group AND o.topic = of_topic AND o.partition = of_partition
        AND o.epoch = with_epoch AND o.next_offset IS NOT DISTINCT FROM expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'partition % of % was claimed by another worker', of_partition, of_topic
            USING ERRCODE = 'EN001';
    END IF;
END $$;

CREATE FUNCTION entente.claim_offset(
    of_group text, of_topic text, of_partition integer, new_owner text, OUT epoch bigint, OUT next_offset bigint
) LANGUAGE sql AS $$
    INSERT INTO entente.job_offsets AS o (consumer_group, topic, partition, epoch, owner)
    VALUES (of_group, of_topic, of_partition, 1, new_owner)
    ON CONFLICT (consumer_group, topic, partition)
        DO UPDATE SET epoch = o.epoch + 1, owner = excluded.owner, updated_at = clock_timestamp()
    RETURNING o.epoch, o.next_offset
$$;

-- After a batch's results: an image belongs to one group, so a result computed in another one is refused (DESIGN
-- "group"). Raises, because in a pipeline only an error keeps the batch from being committed.
CREATE FUNCTION entente.check_group_digests(
    of_analysis text[], of_image text[], with_digest text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    conflicting text;
BEGIN
    SELECT r.image_id INTO conflicting
    FROM unnest(of_analysis, of_image, with_digest) AS u (analysis_id, image_id, digest)
    JOIN entente.image_results r USING (analysis_id, image_id)
    WHERE r.group_digest IS DISTINCT FROM u.digest
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'image % was decomposed in another group', conflicting USING ERRCODE = 'EN002';
    END IF;
END $$;

CREATE TABLE entente.failed_images (
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    message_offset bigint NOT NULL,
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    message text NOT NULL,
    attempts integer NOT NULL DEFAULT 1 CHECK (attempts >= 1),
    worker text NOT NULL,
    shard smallint NOT NULL CHECK (shard BETWEEN 0 AND 1023),
    failed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, message_offset, analysis_id, image_id)
);
COMMENT ON TABLE entente.failed_images IS
    'One row a source offset and image that can never succeed; written in the transaction that advances the offset.';
COMMENT ON COLUMN entente.failed_images.topic IS 'Empty, with partition and offset -1, when the image came without Kafka.';
COMMENT ON COLUMN entente.failed_images.analysis_id IS
    'As the job named it, registered or not; empty when the job could not be read.';
COMMENT ON COLUMN entente.failed_images.image_id IS 'Empty when the whole job failed.';
CREATE INDEX failed_images_by_image ON entente.failed_images (analysis_id, image_id);
CREATE INDEX failed_images_by_time ON entente.failed_images (failed_at);

CREATE TABLE entente.dead_letters (
    dead_letter_id text COLLATE "C" PRIMARY KEY,
    topic text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    message_offset bigint NOT NULL,
    message_timestamp bigint,
    message_key bytea,
    message_value bytea,
    header_names bytea[] NOT NULL,
    header_values bytea[] NOT NULL,
    reason text NOT NULL,
    published boolean NOT NULL DEFAULT false,
    published_at timestamptz,
    written_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (topic, partition, message_offset),
    CHECK (cardinality(header_names) = cardinality(header_values))
);
COMMENT ON TABLE entente.dead_letters IS
    'Outbox of the dead-letter topic: the message as it came, one a source offset. Its failed images have the same offset.';
COMMENT ON COLUMN entente.dead_letters.dead_letter_id IS 'topic/partition/offset: the same however often it is published.';
COMMENT ON COLUMN entente.dead_letters.message_timestamp IS 'Milliseconds since 1970, as the broker gave it.';
CREATE INDEX dead_letters_unpublished ON entente.dead_letters (written_at) WHERE NOT published;
