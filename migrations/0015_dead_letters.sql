-- oldest worker: 10
--
-- Two consumer groups may read one topic, and what fails in one says nothing of the other: failures and letters are theirs, each.
-- Rows of before, and those of older builds, name no group.

ALTER TABLE entente.failed_images ADD consumer_group text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE entente.failed_images
    DROP CONSTRAINT failed_images_pkey,
    ADD PRIMARY KEY (topic, partition, message_offset, analysis_id, image_id, consumer_group);
COMMENT ON COLUMN entente.failed_images.consumer_group IS 'Whose worker gave it up; empty when the image came without Kafka.';

ALTER TABLE entente.dead_letters
    ADD consumer_group text COLLATE "C" NOT NULL DEFAULT '',
    -- A letter that the topic does not take in any form.
    ADD withheld text,
    DROP CONSTRAINT dead_letters_topic_partition_message_offset_key,
    ADD UNIQUE (topic, partition, message_offset, consumer_group);
COMMENT ON COLUMN entente.dead_letters.dead_letter_id IS
    'topic/partition/offset, and /group unless that is the default one: the same however often it is published.';
COMMENT ON COLUMN entente.dead_letters.consumer_group IS 'Whose workers read the message.';
COMMENT ON COLUMN entente.dead_letters.withheld IS
    'Why it is not and will not be on the dead-letter topic, which takes it in no form; null for all others.';
DROP INDEX entente.dead_letters_unpublished;
CREATE INDEX dead_letters_unpublished ON entente.dead_letters (written_at) WHERE NOT published AND withheld IS NULL;

CREATE OR REPLACE VIEW entente.failures AS
SELECT f.failed_at, f.topic, f.partition, f.message_offset, f.analysis_id, a.name, f.image_id, f.kind, f.message,
    f.attempts, f.worker, d.dead_letter_id, d.published
FROM entente.failed_images AS f
LEFT JOIN entente.analyses AS a ON a.analysis_id = f.analysis_id
LEFT JOIN entente.dead_letters AS d
    ON d.topic = f.topic AND d.partition = f.partition AND d.message_offset = f.message_offset
    AND d.consumer_group = f.consumer_group;
