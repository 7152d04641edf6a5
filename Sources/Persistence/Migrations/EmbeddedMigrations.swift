// swift-format-ignore-file
// Written by scripts/embed-migrations from migrations/; do not edit.

extension Migration {
    /// The numbered files of `migrations/`, ascending.
    static let embedded: [Migration] = [
        Migration(
            file: "0001_analyses.sql",
            sql: ###"""
-- oldest worker: 1
--
-- What an analysis is: its canonical content, its classes, its descriptor bank, and what the text side of the
-- model makes of them. Rows of these tables never change once written.

CREATE TABLE entente.analyses (
    analysis_id text COLLATE "C" PRIMARY KEY CHECK (analysis_id ~ '^[0-9a-f]{32}$'),
    name text COLLATE "C" NOT NULL,
    canonical_json text NOT NULL,
    method_revision integer NOT NULL,
    model_weights text COLLATE "C" NOT NULL,
    setting_digest text COLLATE "C" NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE entente.analyses IS
    'One model revision × dataset classes × descriptor bank × method parameters; immutable but for its name.';
COMMENT ON COLUMN entente.analyses.analysis_id IS 'First 32 hex digits of the SHA-256 of canonical_json.';
COMMENT ON COLUMN entente.analyses.name IS 'The name it was last registered under; earlier ones are in analysis_names.';
COMMENT ON COLUMN entente.analyses.canonical_json IS 'What the id is computed from, byte for byte.';
COMMENT ON COLUMN entente.analyses.setting_digest IS
    'What the id would be without the model: analyses that share it differ in the model alone and may be compared.';

-- A second name for the same content is an alias, and a name may move on to a newer content.
CREATE TABLE entente.analysis_names (
    name text COLLATE "C" NOT NULL,
    analysis_id text COLLATE "C" NOT NULL REFERENCES entente.analyses,
    named_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, analysis_id)
);
CREATE INDEX analysis_names_by_analysis ON entente.analysis_names (analysis_id);

CREATE TABLE entente.classes (
    analysis_id text COLLATE "C" NOT NULL REFERENCES entente.analyses,
    class_index integer NOT NULL CHECK (class_index >= 0),
    class_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (analysis_id, class_index),
    UNIQUE (analysis_id, class_id)
);

CREATE TABLE entente.descriptors (
    analysis_id text COLLATE "C" NOT NULL REFERENCES entente.analyses,
    descriptor_index integer NOT NULL CHECK (descriptor_index >= 0),
    descriptor text NOT NULL,
    PRIMARY KEY (analysis_id, descriptor_index)
);

-- The language side depends on class and bank alone, so it is kept once per analysis and not with every image.
CREATE TABLE entente.class_language_concepts (
    analysis_id text COLLATE "C" NOT NULL REFERENCES entente.analyses,
    class_index integer NOT NULL CHECK (class_index >= 0),
    rank integer NOT NULL CHECK (rank >= 0),
    descriptor_index integer NOT NULL CHECK (descriptor_index >= 0),
    similarity real NOT NULL,
    PRIMARY KEY (analysis_id, class_index, rank)
);
COMMENT ON TABLE entente.class_language_concepts IS
    'The descriptors closest to each class, rank 0 the most similar; similarity is the cosine of the two texts.';

-- The first copy that any worker writes is everyone's, so that workers on unlike machines agree to the last bit.
CREATE TABLE entente.text_embeddings (
    content_hash text COLLATE "C" PRIMARY KEY,
    row_count integer NOT NULL CHECK (row_count >= 0),
    column_count integer NOT NULL CHECK (column_count >= 0),
    elements bytea NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    CHECK (octet_length(elements) = 4::bigint * row_count * column_count)
);
ALTER TABLE entente.text_embeddings ALTER COLUMN elements SET STORAGE EXTERNAL;
COMMENT ON COLUMN entente.text_embeddings.elements IS 'Row-major little-endian 32-bit floats.';

"""###),
        Migration(
            file: "0002_results.sql",
            sql: ###"""
-- oldest worker: 1
--
-- What is expected to arrive, and what was found in it.

CREATE TABLE entente.submissions (
    submission_id text COLLATE "C" PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    analysis_id text COLLATE "C" NOT NULL REFERENCES entente.analyses,
    kind text NOT NULL CHECK (kind IN ('submit', 'replay', 'foreign')),
    force boolean NOT NULL DEFAULT false,
    replayed_from text COLLATE "C" REFERENCES entente.analyses,
    images bigint NOT NULL DEFAULT 0,
    jobs bigint NOT NULL DEFAULT 0,
    jobs_produced bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
COMMENT ON COLUMN entente.submissions.sequence IS 'Age: of two submissions the one with the smaller number is older.';
COMMENT ON COLUMN entente.submissions.kind IS 'foreign: first seen in a job that some other producer wrote.';
COMMENT ON COLUMN entente.submissions.images IS 'Images named in it, whether or not the analysis knew them already.';
COMMENT ON COLUMN entente.submissions.jobs_produced IS 'Jobs that the broker has acknowledged.';
COMMENT ON COLUMN entente.submissions.finished_at IS 'When the last of its jobs was acknowledged; null while producing.';
CREATE INDEX submissions_by_analysis ON entente.submissions (analysis_id);

CREATE TABLE entente.images (
    analysis_id text COLLATE "C" NOT NULL REFERENCES entente.analyses,
    image_id text COLLATE "C" NOT NULL CHECK (image_id <> ''),
    uri text NOT NULL,
    sha256 text COLLATE "C",
    label text COLLATE "C",
    group_name text COLLATE "C",
    submission bigint REFERENCES entente.submissions (sequence),
    shard smallint NOT NULL CHECK (shard BETWEEN 0 AND 1023),
    state text COLLATE "C" NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    state_shard smallint NOT NULL DEFAULT 0 CHECK (state_shard BETWEEN 0 AND 1023),
    PRIMARY KEY (analysis_id, image_id)
) WITH (fillfactor = 80);
COMMENT ON TABLE entente.images IS
    'Every image that is expected of an analysis: written by submit and replay before producing, else by the worker.';
COMMENT ON COLUMN entente.images.uri IS 'Where its bytes are; ''data:'' alone when they came inline and were not kept.';
COMMENT ON COLUMN entente.images.submission IS 'The submission that last named it.';
COMMENT ON COLUMN entente.images.state IS
    'Kept by triggers: done when it has a result, else failed when it has a failure, else pending.';
COMMENT ON COLUMN entente.images.shard IS 'Roll-up shard that counts it as expected.';
COMMENT ON COLUMN entente.images.state_shard IS 'Roll-up shard that counts it as done or failed.';
CREATE INDEX images_by_submission ON entente.images (submission);

CREATE TABLE entente.image_results (
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    label_index integer CHECK (label_index >= 0),
    predicted_index integer NOT NULL CHECK (predicted_index >= 0),
    top_classes integer[] NOT NULL CHECK (cardinality(top_classes) BETWEEN 1 AND 5),
    top_similarities real[] NOT NULL,
    hit_at_1 boolean GENERATED ALWAYS AS (label_index = predicted_index) STORED,
    hit_at_5 boolean GENERATED ALWAYS AS (label_index = ANY (top_classes)) STORED,
    group_name text COLLATE "C",
    group_digest text COLLATE "C",
    sha256 text COLLATE "C",
    submission bigint REFERENCES entente.submissions (sequence),
    worker text NOT NULL,
    kernel_set text NOT NULL,
    method_revision integer NOT NULL,
    fetch_microseconds integer NOT NULL,
    decode_microseconds integer NOT NULL,
    encode_microseconds integer NOT NULL,
    concepts_microseconds integer NOT NULL,
    shard smallint NOT NULL CHECK (shard BETWEEN 0 AND 1023),
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (analysis_id, image_id),
    FOREIGN KEY (analysis_id, image_id) REFERENCES entente.images,
    CHECK (predicted_index = top_classes[1]),
    CHECK (cardinality(top_classes) = cardinality(top_similarities))
);
COMMENT ON TABLE entente.image_results IS 'One row an analysis and image. The first write wins; see DESIGN for force.';
COMMENT ON COLUMN entente.image_results.label_index IS 'Null when the image came without a label.';
COMMENT ON COLUMN entente.image_results.top_classes IS 'The most similar classes, best first.';
COMMENT ON COLUMN entente.image_results.sha256 IS 'Of the bytes that were analysed.';
COMMENT ON COLUMN entente.image_results.shard IS
    'Which part of the roll-ups counts this row; chosen by its writer so that concurrent writers do not wait.';
-- Not led by analysis_id: on a table without statistics the planner may take any index so led for a look-up by
-- (analysis_id, image_id), and foreign keys keep that plan for the session.
CREATE INDEX image_results_by_class ON entente.image_results (predicted_index, label_index, analysis_id);
CREATE INDEX image_results_by_submission ON entente.image_results (submission);

CREATE TABLE entente.part_results (
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    label_index integer,
    predicted_index integer NOT NULL,
    shard smallint NOT NULL,
    vision_count integer NOT NULL CHECK (vision_count >= 0),
    language_count integer NOT NULL CHECK (language_count >= 0),
    overlap integer NOT NULL CHECK (overlap >= 0),
    mi_released bigint NOT NULL,
    auc_released bigint NOT NULL,
    curve_released bigint[] NOT NULL,
    mi_membership bigint NOT NULL,
    auc_membership bigint NOT NULL,
    curve_membership bigint[] NOT NULL,
    nmi_max double precision,
    ami double precision,
    p_value double precision,
    vision_descriptors integer[] NOT NULL,
    vision_relevances real[] NOT NULL,
    vision_parts bigint[] NOT NULL,
    vision_mutual boolean[] NOT NULL,
    grid_height smallint NOT NULL CHECK (grid_height >= 0),
    grid_width smallint NOT NULL CHECK (grid_width >= 0),
    grid bytea NOT NULL,
    boxes smallint[] NOT NULL,
    flags text[] NOT NULL,
    PRIMARY KEY (analysis_id, image_id, part_method),
    FOREIGN KEY (analysis_id, image_id) REFERENCES entente.image_results ON DELETE CASCADE,
    CHECK (octet_length(grid) = grid_height::integer * grid_width),
    CHECK (cardinality(curve_released) = vision_count + 1 AND cardinality(curve_membership) = vision_count + 1),
    CHECK (cardinality(vision_descriptors) = vision_count AND cardinality(vision_relevances) = vision_count
        AND cardinality(vision_parts) = vision_count AND cardinality(vision_mutual) = vision_count),
    CHECK (cardinality(boxes) % 5 = 0)
);
COMMENT ON TABLE entente.part_results IS
    'One row an analysis, image and part method. Amounts of information are integer nano-nats.';
COMMENT ON COLUMN entente.part_results.label_index IS
    'This, predicted_index and shard repeat the image''s row, so that a deleted row can be taken out of the roll-ups.';
COMMENT ON COLUMN entente.part_results.curve_released IS 'vision_count + 1 points, the last 0.';
COMMENT ON COLUMN entente.part_results.vision_descriptors IS 'Vision concepts, most relevant first.';
COMMENT ON COLUMN entente.part_results.vision_parts IS 'Bit p is set when part p picked the descriptor.';
COMMENT ON COLUMN entente.part_results.vision_mutual IS 'Whether the descriptor is on the language side too.';
COMMENT ON COLUMN entente.part_results.grid IS 'One byte a patch, raster order: part number, 255 for background.';
COMMENT ON COLUMN entente.part_results.boxes IS 'Five a part: part, top, left, bottom, right; patches, inclusive.';

"""###),
        Migration(
            file: "0003_delivery.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0004_rollups.sql",
            sql: ###"""
-- oldest worker: 1
--
-- Integer sums kept beside the rows. At every committed moment, summed over shards, they equal a recomputation from
-- the rows, integer for integer: entente.rollup_differences() lists where they do not.
--
-- Each change of the rows is turned into one delta a cell by a statement-level trigger and added in key order, so
-- that two writers never wait for each other crosswise. A shard is what one writer at a time adds to; only the sum
-- over shards has a meaning.
--
-- Cells: label_index -1 is "no label". Every delta is also added to the cell (-2, -2), the whole analysis, so that a
-- dashboard need not add up every pair of classes.
--
-- The functions run with the rights of their owner: a worker changes roll-ups by changing rows and not otherwise.

CREATE TABLE entente.progress_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    shard smallint NOT NULL,
    expected bigint NOT NULL,
    done bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (analysis_id, shard)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE entente.image_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    predicted_index integer NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    labelled bigint NOT NULL,
    hits_at_1 bigint NOT NULL,
    hits_at_5 bigint NOT NULL,
    PRIMARY KEY (analysis_id, label_index, predicted_index, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE entente.part_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    predicted_index integer NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    vision_concepts bigint NOT NULL,
    language_concepts bigint NOT NULL,
    mutual_concepts bigint NOT NULL,
    mi_released bigint NOT NULL,
    auc_released bigint NOT NULL,
    mi_membership bigint NOT NULL,
    auc_membership bigint NOT NULL,
    curves_longer bigint[] NOT NULL,
    curve_released bigint[] NOT NULL,
    curve_membership bigint[] NOT NULL,
    PRIMARY KEY (analysis_id, label_index, predicted_index, part_method, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN entente.part_rollups.curves_longer IS 'Element t + 1: how many curves have more than t points.';
COMMENT ON COLUMN entente.part_rollups.curve_released IS 'Element t + 1: sum of the curves'' points at step t.';

CREATE TABLE entente.concept_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    predicted_index integer NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    descriptor_index integer NOT NULL,
    shard smallint NOT NULL,
    vision_images bigint NOT NULL,
    mutual_images bigint NOT NULL,
    PRIMARY KEY (analysis_id, label_index, predicted_index, part_method, descriptor_index, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- Sums of curves of unlike length -------------------------------------------------------------------------------

-- The shorter one is padded with zeros. A sum beyond 64 bits is an error, as it is for every bigint.
CREATE FUNCTION entente.add_curves(a bigint[], b bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    longer bigint[] := a;
    shorter bigint[] := b;
BEGIN
    IF cardinality(b) > cardinality(a) THEN
        longer := b;
        shorter := a;
    END IF;
    FOR i IN 1..cardinality(shorter) LOOP
        longer[i] := longer[i] + shorter[i];
    END LOOP;
    RETURN longer;
END $$;

CREATE AGGREGATE entente.sum_curves(bigint[]) (
    SFUNC = entente.add_curves, STYPE = bigint[], INITCOND = '{}', COMBINEFUNC = entente.add_curves, PARALLEL = SAFE
);

CREATE FUNCTION entente.negated_curve(a bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(-x ORDER BY i), '{}') FROM unnest(a) WITH ORDINALITY AS t (x, i)
$$;

-- A deletion leaves zeros where the longest curve was.
CREATE FUNCTION entente.without_trailing_zeros(a bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT a[1:coalesce((SELECT max(i) FROM unnest(a) WITH ORDINALITY AS t (x, i) WHERE x <> 0), 0)::integer]
$$;

-- Deltas --------------------------------------------------------------------------------------------------------

-- One definition of each sum serves four places: the triggers for insert, delete and update, and the recomputation
-- that verifies them. `source` gives the changed rows with a sign: +1 for a row that came, -1 for one that went.

CREATE FUNCTION entente.progress_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        WITH changed AS (%s)
        SELECT analysis_id, shard, sum(expected)::bigint AS expected, sum(done)::bigint AS done,
            sum(failed)::bigint AS failed
        FROM (
            SELECT analysis_id, shard, sign AS expected, 0 AS done, 0 AS failed FROM changed
            UNION ALL
            SELECT analysis_id, state_shard, 0,
                CASE WHEN state = 'done' THEN sign ELSE 0 END, CASE WHEN state = 'failed' THEN sign ELSE 0 END
            FROM changed
        ) AS counts
        GROUP BY analysis_id, shard
        HAVING sum(expected) <> 0 OR sum(done) <> 0 OR sum(failed) <> 0
        ORDER BY analysis_id, shard
    $f$, source)
$$;

CREATE FUNCTION entente.image_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            shard, sum(sign)::bigint AS images,
            sum(CASE WHEN label >= 0 THEN sign ELSE 0 END)::bigint AS labelled,
            sum(CASE WHEN hit_at_1 THEN sign ELSE 0 END)::bigint AS hits_at_1,
            sum(CASE WHEN hit_at_5 THEN sign ELSE 0 END)::bigint AS hits_at_5
        FROM (
            SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed
        ) AS changed
        GROUP BY GROUPING SETS ((analysis_id, label, predicted_index, shard), (analysis_id, shard))
        ORDER BY 1, 2, 3, 4
    $f$, source)
$$;

CREATE FUNCTION entente.part_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            part_method, shard, sum(sign)::bigint AS images,
            sum(sign * vision_count::bigint)::bigint AS vision_concepts,
            sum(sign * language_count::bigint)::bigint AS language_concepts,
            sum(sign * overlap::bigint)::bigint AS mutual_concepts,
            sum(sign * mi_released)::bigint AS mi_released,
            sum(sign * auc_released)::bigint AS auc_released,
            sum(sign * mi_membership)::bigint AS mi_membership,
            sum(sign * auc_membership)::bigint AS auc_membership,
            entente.sum_curves(array_fill(sign::bigint, ARRAY[cardinality(curve_released)])) AS curves_longer,
            entente.sum_curves(CASE WHEN sign = 1 THEN curve_released
                ELSE entente.negated_curve(curve_released) END) AS curve_released,
            entente.sum_curves(CASE WHEN sign = 1 THEN curve_membership
                ELSE entente.negated_curve(curve_membership) END) AS curve_membership
        FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, predicted_index, part_method, shard), (analysis_id, part_method, shard))
        ORDER BY 1, 2, 3, 4, 5
    $f$, source)
$$;

CREATE FUNCTION entente.concept_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            part_method, descriptor_index, shard, sum(sign)::bigint AS vision_images,
            sum(CASE WHEN mutual THEN sign ELSE 0 END)::bigint AS mutual_images
        FROM (
            SELECT s.analysis_id, coalesce(s.label_index, -1) AS label, s.predicted_index, s.part_method,
                s.shard, s.sign, c.descriptor_index, c.mutual
            FROM (%s) AS s
            CROSS JOIN LATERAL unnest(s.vision_descriptors, s.vision_mutual) AS c (descriptor_index, mutual)
        ) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, predicted_index, part_method, descriptor_index, shard),
            (analysis_id, part_method, descriptor_index, shard))
        HAVING sum(sign) <> 0 OR sum(CASE WHEN mutual THEN sign ELSE 0 END) <> 0
        ORDER BY 1, 2, 3, 4, 5, 6
    $f$, source)
$$;

-- Where an image stands ------------------------------------------------------------------------------------------

-- An image is done when it has a result, else failed when it has a failure, else pending: so the three are disjoint
-- and add up to the expected, and a result wins over a failure whichever came first. The image's row is locked
-- before looking, because the other transaction's row may not be visible yet; the look itself is a statement of its
-- own, with a snapshot that sees what the lock waited for. Plans are kept for a session, which may begin when the
-- tables are nearly empty: hence no sequential scans.
DO $migration$
DECLARE
    event text;
    watched text;
    changed text;
    referencing text;
BEGIN
    FOR event, changed, referencing IN VALUES
        ('insert', 'SELECT analysis_id, image_id, shard FROM new_rows', 'NEW TABLE AS new_rows'),
        ('delete', 'SELECT analysis_id, image_id, shard FROM old_rows', 'OLD TABLE AS old_rows'),
        ('update', 'SELECT analysis_id, image_id, shard FROM new_rows UNION ALL '
            'SELECT analysis_id, image_id, shard FROM old_rows', 'OLD TABLE AS old_rows NEW TABLE AS new_rows')
    LOOP
        EXECUTE format($f$
            CREATE FUNCTION entente.settle_states_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
            SET enable_seqscan = off AS $body$
            BEGIN
                PERFORM 1 FROM entente.images AS i
                JOIN (SELECT DISTINCT analysis_id, image_id FROM (%2$s) AS c) AS k USING (analysis_id, image_id)
                ORDER BY i.analysis_id, i.image_id
                FOR NO KEY UPDATE OF i;
                IF NOT FOUND THEN
                    RETURN NULL;
                END IF;
                UPDATE entente.images AS i SET state = k.state, state_shard = k.shard
                FROM (
                    SELECT c.analysis_id, c.image_id, min(c.shard) AS shard, CASE
                        WHEN EXISTS (SELECT FROM entente.image_results AS r
                            WHERE r.analysis_id = c.analysis_id AND r.image_id = c.image_id) THEN 'done'
                        WHEN EXISTS (SELECT FROM entente.failed_images AS f
                            WHERE f.analysis_id = c.analysis_id AND f.image_id = c.image_id) THEN 'failed'
                        ELSE 'pending' END AS state
                    FROM (%2$s) AS c GROUP BY c.analysis_id, c.image_id
                ) AS k
                WHERE i.analysis_id = k.analysis_id AND i.image_id = k.image_id AND i.state <> k.state;
                RETURN NULL;
            END $body$
        $f$, event, changed);
        FOREACH watched IN ARRAY ARRAY['image_results', 'failed_images', 'images'] LOOP
            -- Of images themselves only new rows matter: a failure may have come before its image.
            CONTINUE WHEN watched = 'images' AND event <> 'insert';
            EXECUTE format(
                'CREATE TRIGGER a_settle_states_on_%1$s AFTER %1$s ON entente.%2$I REFERENCING %3$s '
                'FOR EACH STATEMENT EXECUTE FUNCTION entente.settle_states_on_%1$s()',
                event, watched, referencing);
        END LOOP;
    END LOOP;
END $migration$;

-- An image's new label, prediction or shard reaches its parts.
CREATE FUNCTION entente.carry_to_parts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE entente.part_results AS p
    SET label_index = n.label_index, predicted_index = n.predicted_index, shard = n.shard
    FROM new_rows AS n
    WHERE p.analysis_id = n.analysis_id AND p.image_id = n.image_id
        AND (p.label_index, p.predicted_index, p.shard)
            IS DISTINCT FROM (n.label_index, n.predicted_index, n.shard);
    RETURN NULL;
END $$;
CREATE TRIGGER c_carry_to_parts AFTER UPDATE ON entente.image_results REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION entente.carry_to_parts();

-- Triggers and recomputation -------------------------------------------------------------------------------------

DO $migration$
DECLARE
    rollup text;
    rows_table text;
    key text;
    additions text;
    truth text;
    event text;
    source text;
    referencing text;
    delta text;
BEGIN
    FOR rollup, rows_table, key, additions, truth IN VALUES
        ('progress', 'images', 'analysis_id, shard',
            'expected = r.expected + excluded.expected, done = r.done + excluded.done, '
            'failed = r.failed + excluded.failed',
            -- From the results and failures themselves, not from the state that triggers keep.
            'SELECT 1 AS sign, i.analysis_id, i.shard, i.state_shard, CASE '
            'WHEN EXISTS (SELECT FROM entente.image_results AS r '
            'WHERE r.analysis_id = i.analysis_id AND r.image_id = i.image_id) THEN ''done'' '
            'WHEN EXISTS (SELECT FROM entente.failed_images AS f '
            'WHERE f.analysis_id = i.analysis_id AND f.image_id = i.image_id) THEN ''failed'' '
            'ELSE ''pending'' END AS state FROM entente.images AS i WHERE $1 IS NULL OR i.analysis_id = $1'),
        ('image', 'image_results', 'analysis_id, label_index, predicted_index, shard',
            'images = r.images + excluded.images, labelled = r.labelled + excluded.labelled, '
            'hits_at_1 = r.hits_at_1 + excluded.hits_at_1, hits_at_5 = r.hits_at_5 + excluded.hits_at_5',
            'SELECT 1 AS sign, i.* FROM entente.image_results AS i WHERE $1 IS NULL OR i.analysis_id = $1'),
        ('part', 'part_results', 'analysis_id, label_index, predicted_index, part_method, shard',
            'images = r.images + excluded.images, vision_concepts = r.vision_concepts + excluded.vision_concepts, '
            'language_concepts = r.language_concepts + excluded.language_concepts, '
            'mutual_concepts = r.mutual_concepts + excluded.mutual_concepts, '
            'mi_released = r.mi_released + excluded.mi_released, '
            'auc_released = r.auc_released + excluded.auc_released, '
            'mi_membership = r.mi_membership + excluded.mi_membership, '
            'auc_membership = r.auc_membership + excluded.auc_membership, '
            'curves_longer = entente.add_curves(r.curves_longer, excluded.curves_longer), '
            'curve_released = entente.add_curves(r.curve_released, excluded.curve_released), '
            'curve_membership = entente.add_curves(r.curve_membership, excluded.curve_membership)',
            -- Label, prediction and shard as the image's row has them.
            'SELECT 1 AS sign, i.label_index, i.predicted_index, i.shard, p.analysis_id, p.part_method, '
            'p.vision_count, p.language_count, p.overlap, p.mi_released, p.auc_released, p.curve_released, '
            'p.mi_membership, p.auc_membership, p.curve_membership '
            'FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id) '
            'WHERE $1 IS NULL OR p.analysis_id = $1'),
        ('concept', 'part_results',
            'analysis_id, label_index, predicted_index, part_method, descriptor_index, shard',
            'vision_images = r.vision_images + excluded.vision_images, '
            'mutual_images = r.mutual_images + excluded.mutual_images',
            'SELECT 1 AS sign, i.label_index, i.predicted_index, i.shard, p.analysis_id, p.part_method, '
            'p.vision_descriptors, p.vision_mutual '
            'FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id) '
            'WHERE $1 IS NULL OR p.analysis_id = $1')
    LOOP
        FOR event, source, referencing IN VALUES
            ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n', 'NEW TABLE AS new_rows'),
            ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o', 'OLD TABLE AS old_rows'),
            ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o',
                'OLD TABLE AS old_rows NEW TABLE AS new_rows')
        LOOP
            EXECUTE format('SELECT entente.%I($1)', rollup || '_delta_sql') INTO delta USING source;
            EXECUTE format($f$
                CREATE FUNCTION entente.roll_up_%1$s_on_%2$s() RETURNS trigger
                LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
                BEGIN
                    INSERT INTO entente.%1$s_rollups AS r %3$s ON CONFLICT (%4$s) DO UPDATE SET %5$s;
                    RETURN NULL;
                END $body$
            $f$, rollup, event, delta, key, additions);
            EXECUTE format(
                'CREATE TRIGGER b_roll_up_%1$s_on_%2$s AFTER %2$s ON entente.%3$I REFERENCING %4$s '
                'FOR EACH STATEMENT EXECUTE FUNCTION entente.roll_up_%1$s_on_%2$s()',
                rollup, event, rows_table, referencing);
        END LOOP;
        EXECUTE format('SELECT entente.%I($1)', rollup || '_delta_sql') INTO delta USING truth;
        -- A function and not a view, because a filter does not reach below GROUPING SETS.
        EXECUTE format('CREATE FUNCTION entente.recomputed_%1$s_rollups(of_analysis text) '
            'RETURNS SETOF entente.%1$s_rollups LANGUAGE sql STABLE AS $body$ %2$s $body$', rollup, delta);
    END LOOP;
END $migration$;

DROP FUNCTION entente.progress_delta_sql(text);
DROP FUNCTION entente.image_delta_sql(text);
DROP FUNCTION entente.part_delta_sql(text);
DROP FUNCTION entente.concept_delta_sql(text);

-- TRUNCATE has no transition tables.
CREATE FUNCTION entente.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE would leave the roll-ups of % wrong; DELETE the rows instead', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported';
END $$;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.images EXECUTE FUNCTION entente.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.image_results EXECUTE FUNCTION entente.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.part_results EXECUTE FUNCTION entente.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.failed_images EXECUTE FUNCTION entente.refuse_truncate();

-- Verification ---------------------------------------------------------------------------------------------------

-- Every sum that differs between the roll-ups, added up over shards, and a recomputation from the rows. One
-- statement, hence one snapshot: it may run beside writers. `of_analysis` null: all of them.
CREATE FUNCTION entente.rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    -- One row a cell and side; curves as JSON arrays without the zeros that a deletion leaves at their end.
    WITH part_cells AS (
        SELECT r.kept, r.analysis_id,
            format('label %s, predicted %s, %s', r.label_index, r.predicted_index, r.part_method) AS cell,
            jsonb_build_object('images', sum(images), 'vision_concepts', sum(vision_concepts),
                'language_concepts', sum(language_concepts), 'mutual_concepts', sum(mutual_concepts),
                'mi_released', sum(mi_released), 'auc_released', sum(auc_released),
                'mi_membership', sum(mi_membership), 'auc_membership', sum(auc_membership),
                'curves_longer', entente.without_trailing_zeros(entente.sum_curves(curves_longer)),
                'curve_released', entente.without_trailing_zeros(entente.sum_curves(curve_released)),
                'curve_membership', entente.without_trailing_zeros(entente.sum_curves(curve_membership))) AS sums
        FROM (SELECT true AS kept, * FROM entente.part_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_part_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.kept, r.analysis_id, r.label_index, r.predicted_index, r.part_method
    )
    SELECT 'progress_rollups', d.analysis_id, '', q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id,
            coalesce(sum(expected) FILTER (WHERE kept), 0) AS expected,
            coalesce(sum(expected) FILTER (WHERE NOT kept), 0) AS expected_anew,
            coalesce(sum(done) FILTER (WHERE kept), 0) AS done,
            coalesce(sum(done) FILTER (WHERE NOT kept), 0) AS done_anew,
            coalesce(sum(failed) FILTER (WHERE kept), 0) AS failed,
            coalesce(sum(failed) FILTER (WHERE NOT kept), 0) AS failed_anew
        FROM (SELECT true AS kept, * FROM entente.progress_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_progress_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id
    ) AS d
    CROSS JOIN LATERAL (VALUES ('expected', d.expected, d.expected_anew), ('done', d.done, d.done_anew),
        ('failed', d.failed, d.failed_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    SELECT 'image_rollups', d.analysis_id, format('label %s, predicted %s', d.label_index, d.predicted_index),
        q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id, r.label_index, r.predicted_index,
            coalesce(sum(images) FILTER (WHERE kept), 0) AS images,
            coalesce(sum(images) FILTER (WHERE NOT kept), 0) AS images_anew,
            coalesce(sum(labelled) FILTER (WHERE kept), 0) AS labelled,
            coalesce(sum(labelled) FILTER (WHERE NOT kept), 0) AS labelled_anew,
            coalesce(sum(hits_at_1) FILTER (WHERE kept), 0) AS hits_at_1,
            coalesce(sum(hits_at_1) FILTER (WHERE NOT kept), 0) AS hits_at_1_anew,
            coalesce(sum(hits_at_5) FILTER (WHERE kept), 0) AS hits_at_5,
            coalesce(sum(hits_at_5) FILTER (WHERE NOT kept), 0) AS hits_at_5_anew
        FROM (SELECT true AS kept, * FROM entente.image_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_image_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.label_index, r.predicted_index
    ) AS d
    CROSS JOIN LATERAL (VALUES ('images', d.images, d.images_anew), ('labelled', d.labelled, d.labelled_anew),
        ('hits_at_1', d.hits_at_1, d.hits_at_1_anew), ('hits_at_5', d.hits_at_5, d.hits_at_5_anew)
    ) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    SELECT 'part_rollups', p.analysis_id, p.cell, q.quantity, coalesce(p.stored ->> q.quantity, '0'),
        coalesce(p.recomputed ->> q.quantity, '0')
    FROM (SELECT analysis_id, cell, (array_agg(sums) FILTER (WHERE kept))[1] AS stored,
            (array_agg(sums) FILTER (WHERE NOT kept))[1] AS recomputed
        FROM part_cells GROUP BY analysis_id, cell) AS p
    CROSS JOIN LATERAL jsonb_object_keys(coalesce(p.stored, p.recomputed)) AS q (quantity)
    -- A cell that was emptied keeps its zeros.
    WHERE coalesce(nullif(p.stored ->> q.quantity, '[]'), '0')
        <> coalesce(nullif(p.recomputed ->> q.quantity, '[]'), '0')
    UNION ALL
    SELECT 'concept_rollups', d.analysis_id, format('label %s, predicted %s, %s, descriptor %s', d.label_index,
        d.predicted_index, d.part_method, d.descriptor_index), q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id, r.label_index, r.predicted_index, r.part_method, r.descriptor_index,
            coalesce(sum(vision_images) FILTER (WHERE kept), 0) AS vision_images,
            coalesce(sum(vision_images) FILTER (WHERE NOT kept), 0) AS vision_images_anew,
            coalesce(sum(mutual_images) FILTER (WHERE kept), 0) AS mutual_images,
            coalesce(sum(mutual_images) FILTER (WHERE NOT kept), 0) AS mutual_images_anew
        FROM (SELECT true AS kept, * FROM entente.concept_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_concept_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.label_index, r.predicted_index, r.part_method, r.descriptor_index
    ) AS d
    CROSS JOIN LATERAL (VALUES ('vision_images', d.vision_images, d.vision_images_anew),
        ('mutual_images', d.mutual_images, d.mutual_images_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    -- What the triggers keep beside the sums.
    SELECT 'images', i.analysis_id, 'image ' || i.image_id, 'state', i.state, t.state
    FROM entente.images AS i
    CROSS JOIN LATERAL (SELECT CASE
        WHEN EXISTS (SELECT FROM entente.image_results AS r
            WHERE r.analysis_id = i.analysis_id AND r.image_id = i.image_id) THEN 'done'
        WHEN EXISTS (SELECT FROM entente.failed_images AS f
            WHERE f.analysis_id = i.analysis_id AND f.image_id = i.image_id) THEN 'failed'
        ELSE 'pending' END AS state) AS t
    WHERE (of_analysis IS NULL OR i.analysis_id = of_analysis) AND i.state <> t.state
    UNION ALL
    SELECT 'part_results', p.analysis_id, format('image %s, %s', p.image_id, p.part_method),
        'label, prediction and shard', format('%s, %s, %s', p.label_index, p.predicted_index, p.shard),
        format('%s, %s, %s', i.label_index, i.predicted_index, i.shard)
    FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id)
    WHERE (of_analysis IS NULL OR p.analysis_id = of_analysis)
        AND (p.label_index, p.predicted_index, p.shard)
            IS DISTINCT FROM (i.label_index, i.predicted_index, i.shard)
    ORDER BY 1, 2, 3, 4
$$;

"""###),
        Migration(
            file: "0005_views.sql",
            sql: ###"""
-- oldest worker: 1
--
-- The public interface for dashboards. Names and meanings here are kept; the tables behind them are not public.
-- Amounts of information are in nats, shares between 0 and 1; both are null where nothing has been counted.
-- Every view can be filtered by analysis_id or name cheaply, because it looks at one analysis at a time.

CREATE VIEW entente.analysis_progress AS
SELECT a.analysis_id, a.name, a.registered_at, p.expected, p.done, p.failed,
    p.expected - p.done - p.failed AS pending
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.expected), 0)::bigint AS expected, coalesce(sum(r.done), 0)::bigint AS done,
        coalesce(sum(r.failed), 0)::bigint AS failed
    FROM entente.progress_rollups AS r WHERE r.analysis_id = a.analysis_id
) AS p;
COMMENT ON VIEW entente.analysis_progress IS 'How far each analysis is: expected = done + failed + pending.';
COMMENT ON COLUMN entente.analysis_progress.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_progress.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_progress.registered_at IS 'When it was first registered.';
COMMENT ON COLUMN entente.analysis_progress.expected IS 'Images that were submitted or arrived unannounced.';
COMMENT ON COLUMN entente.analysis_progress.done IS 'Images with a result; a result counts even if the image failed too.';
COMMENT ON COLUMN entente.analysis_progress.failed IS 'Images with a failure and no result.';
COMMENT ON COLUMN entente.analysis_progress.pending IS 'The others.';

CREATE VIEW entente.analysis_summary AS
SELECT a.analysis_id, a.name, p.part_method, e.estimator, i.images, i.labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    p.images AS part_images,
    (e.mi / p.images)::double precision / 1e9 AS mi,
    (e.auc / p.images)::double precision / 1e9 AS auc,
    (e.curve_total / (p.images * p.longest_curve))::double precision / 1e9 AS auc_padded,
    p.longest_curve,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT sum(r.images)::bigint AS images, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
) AS i
CROSS JOIN LATERAL (
    SELECT s.*, (SELECT count(*) FROM unnest(s.curves_longer) AS u (curves) WHERE curves > 0) AS longest_curve
    FROM (
        SELECT r.part_method, sum(r.images) AS images, sum(r.vision_concepts) AS vision_concepts,
            sum(r.mutual_concepts) AS mutual_concepts, sum(r.mi_released) AS mi_released,
            sum(r.auc_released) AS auc_released, sum(r.mi_membership) AS mi_membership,
            sum(r.auc_membership) AS auc_membership, entente.sum_curves(r.curves_longer) AS curves_longer,
            entente.sum_curves(r.curve_released) AS curve_released,
            entente.sum_curves(r.curve_membership) AS curve_membership
        FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
        GROUP BY r.part_method
    ) AS s WHERE s.images > 0
) AS p
CROSS JOIN LATERAL (VALUES
    ('released', p.mi_released, p.auc_released, (SELECT sum(x) FROM unnest(p.curve_released) AS u (x))),
    ('membership', p.mi_membership, p.auc_membership, (SELECT sum(x) FROM unnest(p.curve_membership) AS u (x)))
) AS e (estimator, mi, auc, curve_total);
COMMENT ON VIEW entente.analysis_summary IS 'One row an analysis with results, part method and estimator.';
COMMENT ON COLUMN entente.analysis_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_summary.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.analysis_summary.estimator IS 'released or membership: which mutual information mi and auc are.';
COMMENT ON COLUMN entente.analysis_summary.images IS 'Images with a result.';
COMMENT ON COLUMN entente.analysis_summary.labelled IS 'Those of them that came with a label; accuracy is over these.';
COMMENT ON COLUMN entente.analysis_summary.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.analysis_summary.top_5 IS 'Share of labelled images whose label is among the five most similar.';
COMMENT ON COLUMN entente.analysis_summary.part_images IS 'Images with a result of this part method; the means are over these.';
COMMENT ON COLUMN entente.analysis_summary.mi IS 'Mean mutual information, nats.';
COMMENT ON COLUMN entente.analysis_summary.auc IS 'Mean of the images'' own AUCs, nats.';
COMMENT ON COLUMN entente.analysis_summary.auc_padded IS
    'Mean of the mean curve, each curve padded with zeros to the longest: the dataset AUC of the paper, nats.';
COMMENT ON COLUMN entente.analysis_summary.longest_curve IS 'Points of the longest curve.';
COMMENT ON COLUMN entente.analysis_summary.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.analysis_summary.mutual_concepts IS 'Mean number of mutual concepts an image.';

CREATE VIEW entente.mi_dynamics AS
SELECT a.analysis_id, a.name, p.part_method, e.estimator, (c.place - 1)::integer AS step,
    (c.total / p.images)::double precision / 1e9 AS mi, c.curves, p.images::bigint AS images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT r.part_method, sum(r.images) AS images, entente.sum_curves(r.curves_longer) AS curves_longer,
        entente.sum_curves(r.curve_released) AS curve_released,
        entente.sum_curves(r.curve_membership) AS curve_membership
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
    GROUP BY r.part_method
) AS p
CROSS JOIN LATERAL (VALUES ('released', p.curve_released), ('membership', p.curve_membership)) AS e (estimator, curve)
CROSS JOIN LATERAL unnest(e.curve, p.curves_longer) WITH ORDINALITY AS c (total, curves, place)
WHERE p.images > 0 AND c.curves > 0;
COMMENT ON VIEW entente.mi_dynamics IS
    'Mean mutual information while vision concepts are removed, most relevant first; one row a step.';
COMMENT ON COLUMN entente.mi_dynamics.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.mi_dynamics.name IS 'Its latest name.';
COMMENT ON COLUMN entente.mi_dynamics.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.mi_dynamics.estimator IS 'released or membership.';
COMMENT ON COLUMN entente.mi_dynamics.step IS 'Vision concepts removed.';
COMMENT ON COLUMN entente.mi_dynamics.mi IS 'Mean over all images, curves that have ended counted as zero, nats.';
COMMENT ON COLUMN entente.mi_dynamics.curves IS 'Images whose curve reaches this step.';
COMMENT ON COLUMN entente.mi_dynamics.images IS 'Images the mean is over.';

CREATE VIEW entente.class_summary AS
SELECT a.analysis_id, a.name, p.class_role, p.class_index, k.class_id, k.name AS class_name, p.part_method,
    p.images::bigint AS images,
    i.labelled::bigint AS labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts,
    (p.mi_released / p.images)::double precision / 1e9 AS mi_released,
    (p.auc_released / p.images)::double precision / 1e9 AS auc_released,
    (p.mi_membership / p.images)::double precision / 1e9 AS mi_membership,
    (p.auc_membership / p.images)::double precision / 1e9 AS auc_membership
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, r.part_method, sum(r.images) AS images,
        sum(r.vision_concepts) AS vision_concepts, sum(r.mutual_concepts) AS mutual_concepts,
        sum(r.mi_released) AS mi_released, sum(r.auc_released) AS auc_released,
        sum(r.mi_membership) AS mi_membership, sum(r.auc_membership) AS auc_membership
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index, r.part_method HAVING sum(r.images) > 0
    UNION ALL
    SELECT 'prediction', r.predicted_index, r.part_method, sum(r.images), sum(r.vision_concepts),
        sum(r.mutual_concepts), sum(r.mi_released), sum(r.auc_released), sum(r.mi_membership), sum(r.auc_membership)
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index, r.part_method HAVING sum(r.images) > 0
) AS p
JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, sum(r.labelled) AS labelled,
        sum(r.hits_at_1) AS hits_at_1, sum(r.hits_at_5) AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index
    UNION ALL
    SELECT 'prediction', r.predicted_index, sum(r.labelled), sum(r.hits_at_1), sum(r.hits_at_5)
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index
) AS i ON i.class_role = p.class_role AND i.class_index = p.class_index
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = p.class_index;
COMMENT ON VIEW entente.class_summary IS 'One row a class, part method and role that the class plays for its images.';
COMMENT ON COLUMN entente.class_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_summary.class_role IS
    'label: images labelled with the class, so that top_1 is its recall; prediction: images predicted as it (precision).';
COMMENT ON COLUMN entente.class_summary.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.class_summary.class_id IS 'Id of the class, as labels name it.';
COMMENT ON COLUMN entente.class_summary.class_name IS 'Its name, as the text encoder reads it.';
COMMENT ON COLUMN entente.class_summary.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.class_summary.images IS 'Images of the class in this role; the means are over these.';
COMMENT ON COLUMN entente.class_summary.labelled IS 'Those of them with a label.';
COMMENT ON COLUMN entente.class_summary.top_1 IS 'Share of labelled ones whose label is the prediction.';
COMMENT ON COLUMN entente.class_summary.top_5 IS 'Share of labelled ones whose label is among the five most similar.';
COMMENT ON COLUMN entente.class_summary.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.class_summary.mutual_concepts IS 'Mean number of mutual concepts an image.';
COMMENT ON COLUMN entente.class_summary.mi_released IS 'Mean mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.class_summary.auc_released IS 'Mean of the images'' own AUCs, released estimator, nats.';
COMMENT ON COLUMN entente.class_summary.mi_membership IS 'Mean mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.class_summary.auc_membership IS 'Mean of the images'' own AUCs, membership estimator, nats.';

CREATE VIEW entente.mutual_concept_ranking AS
SELECT a.analysis_id, a.name, c.part_method, c.rank, c.descriptor_index, d.descriptor, c.mutual_images,
    c.vision_images, p.images, c.mutual_images / p.images::double precision AS mutual_share
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.part_method ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT r.part_method, r.descriptor_index, sum(r.mutual_images)::bigint AS mutual_images,
            sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
        GROUP BY r.part_method, r.descriptor_index HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
JOIN LATERAL (
    SELECT r.part_method, sum(r.images)::bigint AS images
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
    GROUP BY r.part_method
) AS p ON p.part_method = c.part_method
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON VIEW entente.mutual_concept_ranking IS 'Descriptors by the number of images whose two encoders agree on them.';
COMMENT ON COLUMN entente.mutual_concept_ranking.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.mutual_concept_ranking.name IS 'Its latest name.';
COMMENT ON COLUMN entente.mutual_concept_ranking.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.mutual_concept_ranking.rank IS '1 for the most frequent; equals share a rank.';
COMMENT ON COLUMN entente.mutual_concept_ranking.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.mutual_concept_ranking.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.mutual_concept_ranking.mutual_images IS 'Images in which it is a mutual concept.';
COMMENT ON COLUMN entente.mutual_concept_ranking.vision_images IS 'Images in which it is a vision concept.';
COMMENT ON COLUMN entente.mutual_concept_ranking.images IS 'Images with a result of this part method.';
COMMENT ON COLUMN entente.mutual_concept_ranking.mutual_share IS 'mutual_images / images.';

CREATE VIEW entente.class_concept_ranking AS
SELECT a.analysis_id, a.name, c.class_role, c.class_index, k.class_id, k.name AS class_name, c.part_method, c.rank,
    c.descriptor_index, d.descriptor, c.mutual_images, c.vision_images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.class_role, s.class_index, s.part_method
        ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT 'label' AS class_role, r.label_index AS class_index, r.part_method, r.descriptor_index,
            sum(r.mutual_images)::bigint AS mutual_images, sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
        GROUP BY r.label_index, r.part_method, r.descriptor_index HAVING sum(r.vision_images) > 0
        UNION ALL
        SELECT 'prediction', r.predicted_index, r.part_method, r.descriptor_index, sum(r.mutual_images)::bigint,
            sum(r.vision_images)::bigint
        FROM entente.concept_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
        GROUP BY r.predicted_index, r.part_method, r.descriptor_index HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = c.class_index
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON VIEW entente.class_concept_ranking IS 'As mutual_concept_ranking, for the images of one class.';
COMMENT ON COLUMN entente.class_concept_ranking.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_concept_ranking.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_concept_ranking.class_role IS 'label or prediction, as in class_summary.';
COMMENT ON COLUMN entente.class_concept_ranking.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.class_concept_ranking.class_id IS 'Id of the class.';
COMMENT ON COLUMN entente.class_concept_ranking.class_name IS 'Its name.';
COMMENT ON COLUMN entente.class_concept_ranking.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.class_concept_ranking.rank IS '1 for the most frequent of the class; equals share a rank.';
COMMENT ON COLUMN entente.class_concept_ranking.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.class_concept_ranking.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.class_concept_ranking.mutual_images IS 'Images of the class in which it is a mutual concept.';
COMMENT ON COLUMN entente.class_concept_ranking.vision_images IS 'Images of the class in which it is a vision concept.';

CREATE VIEW entente.model_comparison AS
SELECT a.analysis_id, a.name, a.setting_digest, a.model_weights, s.part_method, s.estimator,
    max(s.images) AS images, max(s.labelled) AS labelled, max(s.top_1) AS top_1, max(s.top_5) AS top_5,
    avg(s.mi) AS mi, avg(s.auc) AS auc, avg(s.auc_padded) AS auc_padded
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT p.part_method, q.estimator, q.images, q.labelled, q.top_1, q.top_5, q.mi, q.auc, q.auc_padded
    FROM entente.analysis_summary AS q
    CROSS JOIN LATERAL (VALUES (q.part_method), ('mean')) AS p (part_method)
    WHERE q.analysis_id = a.analysis_id
) AS s
GROUP BY a.analysis_id, s.part_method, s.estimator;
COMMENT ON VIEW entente.model_comparison IS
    'Agreement against accuracy, one point a model: compare rows of one setting_digest, part method and estimator.';
COMMENT ON COLUMN entente.model_comparison.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.model_comparison.name IS 'Its latest name.';
COMMENT ON COLUMN entente.model_comparison.setting_digest IS 'Equal for analyses that differ in nothing but the model.';
COMMENT ON COLUMN entente.model_comparison.model_weights IS 'SHA-256 of the model''s weights.';
COMMENT ON COLUMN entente.model_comparison.part_method IS 'pca, kmeans, or mean: the mean over the analysis''s part methods.';
COMMENT ON COLUMN entente.model_comparison.estimator IS 'released or membership.';
COMMENT ON COLUMN entente.model_comparison.images IS 'Images with a result.';
COMMENT ON COLUMN entente.model_comparison.labelled IS 'Those with a label.';
COMMENT ON COLUMN entente.model_comparison.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.model_comparison.top_5 IS 'Share of labelled images whose label is among the five most similar.';
COMMENT ON COLUMN entente.model_comparison.mi IS 'Mean mutual information, nats.';
COMMENT ON COLUMN entente.model_comparison.auc IS 'Mean of the images'' own AUCs, nats.';
COMMENT ON COLUMN entente.model_comparison.auc_padded IS 'Mean of the zero-padded mean curve, nats.';

CREATE VIEW entente.failures AS
SELECT f.failed_at, f.topic, f.partition, f.message_offset, f.analysis_id, a.name, f.image_id, f.kind, f.message,
    f.attempts, f.worker, d.dead_letter_id, d.published
FROM entente.failed_images AS f
LEFT JOIN entente.analyses AS a ON a.analysis_id = f.analysis_id
LEFT JOIN entente.dead_letters AS d
    ON d.topic = f.topic AND d.partition = f.partition AND d.message_offset = f.message_offset;
COMMENT ON VIEW entente.failures IS 'Images and whole jobs that can never succeed, with the reason.';
COMMENT ON COLUMN entente.failures.failed_at IS 'When it was given up.';
COMMENT ON COLUMN entente.failures.topic IS 'Where its message is; empty when it came without Kafka.';
COMMENT ON COLUMN entente.failures.partition IS 'Partition of the message.';
COMMENT ON COLUMN entente.failures.message_offset IS 'Offset of the message.';
COMMENT ON COLUMN entente.failures.analysis_id IS 'As the job named it; empty when it could not be read.';
COMMENT ON COLUMN entente.failures.name IS 'Name of the analysis; null when nobody registered it.';
COMMENT ON COLUMN entente.failures.image_id IS 'Empty when the whole job failed.';
COMMENT ON COLUMN entente.failures.kind IS 'Class of the failure, snake_case.';
COMMENT ON COLUMN entente.failures.message IS 'One sentence.';
COMMENT ON COLUMN entente.failures.attempts IS 'How often it was tried.';
COMMENT ON COLUMN entente.failures.worker IS 'Who gave it up.';
COMMENT ON COLUMN entente.failures.dead_letter_id IS 'Id of its message on the dead-letter topic; null when there is none.';
COMMENT ON COLUMN entente.failures.published IS 'Whether that message is on the topic yet.';

-- One image at a time ---------------------------------------------------------------------------------------------

CREATE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON VIEW entente.image_scores IS 'One row an image and part method, numbers only; filter by analysis_id.';
COMMENT ON COLUMN entente.image_scores.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_scores.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_scores.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.image_scores.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.image_scores.predicted IS 'Class id of the prediction.';
COMMENT ON COLUMN entente.image_scores.similarity IS 'Cosine of image and predicted class.';
COMMENT ON COLUMN entente.image_scores.hit_at_1 IS 'Label is the prediction; null without a label.';
COMMENT ON COLUMN entente.image_scores.hit_at_5 IS 'Label is among the five most similar; null without a label.';
COMMENT ON COLUMN entente.image_scores.vision_count IS 'Vision concepts.';
COMMENT ON COLUMN entente.image_scores.language_count IS 'Language concepts.';
COMMENT ON COLUMN entente.image_scores.overlap IS 'Mutual concepts.';
COMMENT ON COLUMN entente.image_scores.mi_released IS 'Mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.image_scores.auc_released IS 'Mean of the released curve, nats.';
COMMENT ON COLUMN entente.image_scores.mi_membership IS 'Mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.image_scores.auc_membership IS 'Mean of the membership curve, nats.';
COMMENT ON COLUMN entente.image_scores.nmi_max IS 'Share of the largest possible membership information; null when undefined.';
COMMENT ON COLUMN entente.image_scores.ami IS 'Chance-adjusted membership information; null when undefined.';
COMMENT ON COLUMN entente.image_scores.p_value IS 'Chance of at least this overlap; null when undefined.';
COMMENT ON COLUMN entente.image_scores.flags IS 'What happened on the way.';
COMMENT ON COLUMN entente.image_scores.group_name IS 'Group of its job.';
COMMENT ON COLUMN entente.image_scores.submission_id IS 'Submission the row was computed for.';
COMMENT ON COLUMN entente.image_scores.worker IS 'Who computed it.';
COMMENT ON COLUMN entente.image_scores.kernel_set IS 'BLAS kernels it was computed with.';
COMMENT ON COLUMN entente.image_scores.written_at IS 'When its transaction began.';

CREATE VIEW entente.image_concepts AS
SELECT p.analysis_id, p.image_id, p.part_method, (c.place - 1)::integer AS rank, c.descriptor_index, d.descriptor,
    c.relevance, ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1) AS parts, c.mutual
FROM entente.part_results AS p
CROSS JOIN LATERAL unnest(p.vision_descriptors, p.vision_relevances, p.vision_parts, p.vision_mutual)
    WITH ORDINALITY AS c (descriptor_index, relevance, parts, mutual, place)
LEFT JOIN entente.descriptors AS d ON d.analysis_id = p.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON VIEW entente.image_concepts IS 'Vision concepts of an image, one row a concept; filter by analysis_id and image_id.';
COMMENT ON COLUMN entente.image_concepts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_concepts.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_concepts.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.image_concepts.rank IS '0 for the most relevant.';
COMMENT ON COLUMN entente.image_concepts.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.image_concepts.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.image_concepts.relevance IS '2.5 × cosine of image and descriptor.';
COMMENT ON COLUMN entente.image_concepts.parts IS 'The parts that picked it.';
COMMENT ON COLUMN entente.image_concepts.mutual IS 'Whether it is a language concept too.';

CREATE VIEW entente.image_curves AS
SELECT p.analysis_id, p.image_id, p.part_method, (c.place - 1)::integer AS step,
    c.released / 1e9::double precision AS mi_released, c.membership / 1e9::double precision AS mi_membership
FROM entente.part_results AS p
CROSS JOIN LATERAL unnest(p.curve_released, p.curve_membership) WITH ORDINALITY AS c (released, membership, place);
COMMENT ON VIEW entente.image_curves IS 'MI curves of an image, one row a step; filter by analysis_id and image_id.';
COMMENT ON COLUMN entente.image_curves.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_curves.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_curves.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.image_curves.step IS 'Vision concepts removed.';
COMMENT ON COLUMN entente.image_curves.mi_released IS 'Mutual information left, released estimator, nats.';
COMMENT ON COLUMN entente.image_curves.mi_membership IS 'Mutual information left, membership estimator, nats.';

CREATE VIEW entente.language_concepts AS
SELECT c.analysis_id, c.class_index, k.class_id, k.name AS class_name, c.rank, c.descriptor_index, d.descriptor,
    c.similarity
FROM entente.class_language_concepts AS c
LEFT JOIN entente.classes AS k USING (analysis_id, class_index)
LEFT JOIN entente.descriptors AS d USING (analysis_id, descriptor_index);
COMMENT ON VIEW entente.language_concepts IS 'Language concepts of each class; filter by analysis_id.';
COMMENT ON COLUMN entente.language_concepts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.language_concepts.class_index IS 'Place of the class in the analysis.';
COMMENT ON COLUMN entente.language_concepts.class_id IS 'Id of the class.';
COMMENT ON COLUMN entente.language_concepts.class_name IS 'Its name.';
COMMENT ON COLUMN entente.language_concepts.rank IS '0 for the most similar.';
COMMENT ON COLUMN entente.language_concepts.descriptor_index IS 'Place in the descriptor bank.';
COMMENT ON COLUMN entente.language_concepts.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.language_concepts.similarity IS 'Cosine of the two texts.';

"""###),
        Migration(
            file: "0006_in_flight.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0007_replays.sql",
            sql: ###"""
-- oldest worker: 1
--
-- Sending again: submissions that are called off, dead letters that are given another chance, and what a replay
-- under another analysis changed.

ALTER TABLE entente.submissions ADD cancelled_at timestamptz;
COMMENT ON COLUMN entente.submissions.cancelled_at IS
    'When it was called off: its images that were pending then are no longer expected, its jobs no longer worth doing.';

ALTER TABLE entente.dead_letters
    ADD requeued_at timestamptz,
    ADD requeue_count integer NOT NULL DEFAULT 0 CHECK (requeue_count >= 0);
COMMENT ON COLUMN entente.dead_letters.requeued_at IS 'When it was last sent to the job topic again; null: never.';
COMMENT ON COLUMN entente.dead_letters.requeue_count IS 'How often it was.';
CREATE INDEX dead_letters_not_requeued ON entente.dead_letters (dead_letter_id) WHERE requeued_at IS NULL;

-- Calls a submission off and takes its pending images out of what is expected, so that expected = done + failed +
-- pending stays true of what will still happen. An image that a later submission named again is that one's. May be
-- called again for what was announced meanwhile; the time stays the first. Returns the images taken out; null for a
-- submission that is not there.
CREATE FUNCTION entente.cancel_submission(of_submission text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place bigint;
    taken_out bigint;
BEGIN
    -- Held off until they commit: writers that have found an image in place and are about to add its result. Before
    -- the submission's row, as they too take that one second.
    LOCK TABLE entente.images IN SHARE ROW EXCLUSIVE MODE;
    UPDATE entente.submissions AS s SET cancelled_at = coalesce(s.cancelled_at, clock_timestamp())
    WHERE s.submission_id = of_submission RETURNING s.sequence INTO place;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM entente.images AS i WHERE i.submission = place AND i.state = 'pending';
    GET DIAGNOSTICS taken_out = ROW_COUNT;
    RETURN taken_out;
END $$;

-- Two analyses of the same images ---------------------------------------------------------------------------------

-- One row an image and part method with a result in either. Classes are compared by class id and concepts by the
-- descriptor's text, because classes and banks of the two need not be the same; `gained` holds places in the bank of
-- `to_id`, `lost` in that of `from_id`. Amounts are nano-nats.
CREATE FUNCTION entente.compared_parts(from_id text, to_id text)
RETURNS TABLE (
    image_id text, part_method text, in_from boolean, in_to boolean, label text, from_predicted text,
    to_predicted text, from_hit boolean, to_hit boolean, from_mi_released bigint, to_mi_released bigint,
    from_auc_released bigint, to_auc_released bigint, from_mi_membership bigint, to_mi_membership bigint,
    from_auc_membership bigint, to_auc_membership bigint, gained integer[], lost integer[]
) LANGUAGE sql STABLE AS $$
    -- Place in one bank by place in the other, -1 where the other has no such descriptor. An array, because it is
    -- looked into for every concept of every image.
    WITH banks AS MATERIALIZED (
        SELECT
            (SELECT array_agg(coalesce(f.descriptor_index, -1) ORDER BY t.descriptor_index)
                FROM entente.descriptors AS t
                LEFT JOIN entente.descriptors AS f ON f.analysis_id = from_id AND f.descriptor = t.descriptor
                WHERE t.analysis_id = to_id) AS to_from,
            (SELECT array_agg(coalesce(t.descriptor_index, -1) ORDER BY f.descriptor_index)
                FROM entente.descriptors AS f
                LEFT JOIN entente.descriptors AS t ON t.analysis_id = to_id AND t.descriptor = f.descriptor
                WHERE f.analysis_id = from_id) AS from_to
    ),
    f AS (
        SELECT p.image_id, p.part_method, r.label_index, r.predicted_index, r.hit_at_1, p.mi_released,
            p.auc_released, p.mi_membership, p.auc_membership,
            ARRAY(SELECT c.d FROM unnest(p.vision_descriptors, p.vision_mutual) AS c (d, mutual)
                WHERE c.mutual) AS mutual
        FROM entente.part_results AS p JOIN entente.image_results AS r USING (analysis_id, image_id)
        WHERE p.analysis_id = from_id
    ),
    t AS (
        SELECT p.image_id, p.part_method, r.label_index, r.predicted_index, r.hit_at_1, p.mi_released,
            p.auc_released, p.mi_membership, p.auc_membership,
            ARRAY(SELECT c.d FROM unnest(p.vision_descriptors, p.vision_mutual) AS c (d, mutual)
                WHERE c.mutual) AS mutual
        FROM entente.part_results AS p JOIN entente.image_results AS r USING (analysis_id, image_id)
        WHERE p.analysis_id = to_id
    )
    SELECT image_id, part_method, f.mutual IS NOT NULL, t.mutual IS NOT NULL, coalesce(tl.class_id, fl.class_id),
        fp.class_id, tp.class_id, f.hit_at_1, t.hit_at_1, f.mi_released, t.mi_released, f.auc_released,
        t.auc_released, f.mi_membership, t.mi_membership, f.auc_membership, t.auc_membership,
        CASE WHEN f.mutual IS NOT NULL AND t.mutual IS NOT NULL THEN
            ARRAY(SELECT d FROM unnest(t.mutual) AS d WHERE NOT banks.to_from[d + 1] = ANY (f.mutual)) END,
        CASE WHEN f.mutual IS NOT NULL AND t.mutual IS NOT NULL THEN
            ARRAY(SELECT d FROM unnest(f.mutual) AS d WHERE NOT banks.from_to[d + 1] = ANY (t.mutual)) END
    FROM f FULL JOIN t USING (image_id, part_method)
    CROSS JOIN banks
    LEFT JOIN entente.classes AS fl ON fl.analysis_id = from_id AND fl.class_index = f.label_index
    LEFT JOIN entente.classes AS tl ON tl.analysis_id = to_id AND tl.class_index = t.label_index
    LEFT JOIN entente.classes AS fp ON fp.analysis_id = from_id AND fp.class_index = f.predicted_index
    LEFT JOIN entente.classes AS tp ON tp.analysis_id = to_id AND tp.class_index = t.predicted_index
$$;

-- Any two analyses, image by image; the columns are those of replay_image_comparison. With the owner's rights,
-- because a view's functions run with those of whoever reads it.
CREATE FUNCTION entente.compare_images(from_id text, to_id text)
RETURNS TABLE (
    image_id text, part_method text, presence text, label text, from_predicted text, to_predicted text,
    flipped boolean, from_hit boolean, to_hit boolean, delta_mi_released double precision,
    delta_auc_released double precision, delta_mi_membership double precision, delta_auc_membership double precision,
    concepts_gained text[], concepts_lost text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.image_id, c.part_method, CASE WHEN NOT c.in_to THEN 'from' WHEN NOT c.in_from THEN 'to' ELSE 'both' END,
        c.label, c.from_predicted, c.to_predicted, c.from_predicted <> c.to_predicted, c.from_hit, c.to_hit,
        (c.to_mi_released - c.from_mi_released) / 1e9::double precision,
        (c.to_auc_released - c.from_auc_released) / 1e9::double precision,
        (c.to_mi_membership - c.from_mi_membership) / 1e9::double precision,
        (c.to_auc_membership - c.from_auc_membership) / 1e9::double precision,
        CASE WHEN c.in_from AND c.in_to THEN ARRAY(
            SELECT d.descriptor FROM unnest(c.gained) WITH ORDINALITY AS u (place, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = to_id AND d.descriptor_index = u.place
            ORDER BY u.rank) END,
        CASE WHEN c.in_from AND c.in_to THEN ARRAY(
            SELECT d.descriptor FROM unnest(c.lost) WITH ORDINALITY AS u (place, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = from_id AND d.descriptor_index = u.place
            ORDER BY u.rank) END
    FROM entente.compared_parts(from_id, to_id) AS c
$$;

-- Any two analyses; the columns are those of replay_comparison.
CREATE FUNCTION entente.compare_analyses(from_id text, to_id text)
RETURNS TABLE (
    scope text, class_id text, part_method text, estimator text, images_both bigint, images_only_from bigint,
    images_only_to bigint, flips bigint, flips_to_right bigint, flips_to_wrong bigint,
    mean_delta_mi double precision, mean_delta_auc double precision, concepts_gained bigint, concepts_lost bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN s.is_whole THEN 'all' ELSE 'class' END, s.label, s.part_method, e.estimator, s.images_both,
        s.images_only_from, s.images_only_to, s.flips, s.flips_to_right, s.flips_to_wrong,
        (e.delta_mi / nullif(s.images_both, 0))::double precision / 1e9,
        (e.delta_auc / nullif(s.images_both, 0))::double precision / 1e9, s.gained, s.lost
    FROM (
        SELECT grouping(c.label) = 1 AS is_whole, c.label, c.part_method,
            count(*) FILTER (WHERE c.in_from AND c.in_to) AS images_both,
            count(*) FILTER (WHERE NOT c.in_to) AS images_only_from,
            count(*) FILTER (WHERE NOT c.in_from) AS images_only_to,
            count(*) FILTER (WHERE c.from_predicted <> c.to_predicted) AS flips,
            count(*) FILTER (WHERE NOT c.from_hit AND c.to_hit) AS flips_to_right,
            count(*) FILTER (WHERE c.from_hit AND NOT c.to_hit) AS flips_to_wrong,
            sum(c.to_mi_released - c.from_mi_released) AS mi_released,
            sum(c.to_auc_released - c.from_auc_released) AS auc_released,
            sum(c.to_mi_membership - c.from_mi_membership) AS mi_membership,
            sum(c.to_auc_membership - c.from_auc_membership) AS auc_membership,
            coalesce(sum(cardinality(c.gained)), 0)::bigint AS gained,
            coalesce(sum(cardinality(c.lost)), 0)::bigint AS lost
        FROM entente.compared_parts(from_id, to_id) AS c
        GROUP BY GROUPING SETS ((c.part_method, c.label), (c.part_method))
    ) AS s
    CROSS JOIN LATERAL (VALUES ('released', s.mi_released, s.auc_released),
        ('membership', s.mi_membership, s.auc_membership)) AS e (estimator, delta_mi, delta_auc)
$$;

CREATE VIEW entente.replay_comparison AS
SELECT p.from_analysis, p.to_analysis, c.*
FROM (
    SELECT DISTINCT s.replayed_from AS from_analysis, s.analysis_id AS to_analysis
    FROM entente.submissions AS s WHERE s.replayed_from <> s.analysis_id
) AS p
CROSS JOIN LATERAL entente.compare_analyses(p.from_analysis, p.to_analysis) AS c;
COMMENT ON VIEW entente.replay_comparison IS
    'What a replay changed, by class, part method and estimator; filter by from_analysis and to_analysis.';
COMMENT ON COLUMN entente.replay_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_comparison.class_id IS 'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_comparison.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.replay_comparison.estimator IS
    'released or membership: which mutual information the two means are of; the counts are the same for both.';
COMMENT ON COLUMN entente.replay_comparison.images_both IS
    'Images with a result of this part method in both; flips, means and concepts are over these.';
COMMENT ON COLUMN entente.replay_comparison.images_only_from IS 'Images with a result in from_analysis alone.';
COMMENT ON COLUMN entente.replay_comparison.images_only_to IS 'Images with a result in to_analysis alone.';
COMMENT ON COLUMN entente.replay_comparison.flips IS 'Images that are predicted as another class now.';
COMMENT ON COLUMN entente.replay_comparison.flips_to_right IS 'Labelled images that were wrong and are right now.';
COMMENT ON COLUMN entente.replay_comparison.flips_to_wrong IS 'Labelled images that were right and are wrong now.';
COMMENT ON COLUMN entente.replay_comparison.mean_delta_mi IS
    'Mean of the images'' mutual information now less before, nats; null without images in both.';
COMMENT ON COLUMN entente.replay_comparison.mean_delta_auc IS 'Mean of the images'' own AUCs now less before, nats.';
COMMENT ON COLUMN entente.replay_comparison.concepts_gained IS
    'Mutual concepts that images have now and had not before, by the descriptor''s text, summed over images.';
COMMENT ON COLUMN entente.replay_comparison.concepts_lost IS 'Mutual concepts that images had and have no longer.';

CREATE VIEW entente.replay_image_comparison AS
SELECT p.from_analysis, p.to_analysis, c.*
FROM (
    SELECT DISTINCT s.replayed_from AS from_analysis, s.analysis_id AS to_analysis
    FROM entente.submissions AS s WHERE s.replayed_from <> s.analysis_id
) AS p
CROSS JOIN LATERAL entente.compare_images(p.from_analysis, p.to_analysis) AS c;
COMMENT ON VIEW entente.replay_image_comparison IS
    'What a replay changed, one row an image and part method; filter by from_analysis and to_analysis.';
COMMENT ON COLUMN entente.replay_image_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_image_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_image_comparison.image_id IS 'The image, by which the two are matched.';
COMMENT ON COLUMN entente.replay_image_comparison.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.replay_image_comparison.presence IS
    'both, or which of from and to alone has a result; what compares the two is null then.';
COMMENT ON COLUMN entente.replay_image_comparison.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.replay_image_comparison.from_predicted IS 'Class id of the prediction before.';
COMMENT ON COLUMN entente.replay_image_comparison.to_predicted IS 'Class id of the prediction now.';
COMMENT ON COLUMN entente.replay_image_comparison.flipped IS 'The two class ids differ.';
COMMENT ON COLUMN entente.replay_image_comparison.from_hit IS 'The prediction was the label; null without a label.';
COMMENT ON COLUMN entente.replay_image_comparison.to_hit IS 'The prediction is the label now; null without a label.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_mi_released IS
    'Mutual information now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_auc_released IS 'AUC now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_mi_membership IS
    'Mutual information now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.delta_auc_membership IS
    'AUC now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_comparison.concepts_gained IS
    'Descriptors that both encoders name now and did not before, most relevant first.';
COMMENT ON COLUMN entente.replay_image_comparison.concepts_lost IS
    'Descriptors that both encoders named before and do no longer, most relevant first.';

"""###),
        Migration(
            file: "0008_ground_truth.sql",
            sql: ###"""
-- oldest worker: 1
--
-- How findings meet what is known of the pictures from another source: boxes, masks of parts, true descriptors.
-- Written by `entente ground-truth` after the results, and again whenever it is run again.

CREATE TABLE entente.ground_truth_results (
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    part_method text COLLATE "C" NOT NULL,
    box_overlap double precision NOT NULL CHECK (box_overlap BETWEEN 0 AND 1),
    foreground_overlap double precision NOT NULL CHECK (foreground_overlap BETWEEN 0 AND 1),
    purity double precision CHECK (purity BETWEEN 0 AND 1),
    adjusted_rand_index double precision CHECK (adjusted_rand_index <= 1),
    mutual_count integer NOT NULL,
    mutual_true integer NOT NULL CHECK (mutual_true BETWEEN 0 AND mutual_count),
    vision_count integer NOT NULL,
    vision_true integer NOT NULL CHECK (vision_true BETWEEN 0 AND vision_count),
    bank_count integer NOT NULL,
    bank_true integer NOT NULL CHECK (bank_true BETWEEN 0 AND bank_count),
    result_written_at timestamptz NOT NULL,
    scored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (analysis_id, image_id, part_method),
    FOREIGN KEY (analysis_id, image_id, part_method) REFERENCES entente.part_results ON DELETE CASCADE
);
COMMENT ON TABLE entente.ground_truth_results IS 'One row a scored image, analysis and part method.';
COMMENT ON COLUMN entente.ground_truth_results.box_overlap IS
    'Intersection over union of the box around the foreground''s patches and the object''s box; 0 without a foreground.';
COMMENT ON COLUMN entente.ground_truth_results.foreground_overlap IS
    'Intersection over union of the foreground and the object, on the patch grid.';
COMMENT ON COLUMN entente.ground_truth_results.purity IS
    'Over foreground patches on the object: share whose true part is the commonest of their found part; null without any.';
COMMENT ON COLUMN entente.ground_truth_results.adjusted_rand_index IS
    'Of found and true parts over the same patches; null of fewer than two.';
COMMENT ON COLUMN entente.ground_truth_results.mutual_true IS 'Mutual concepts that are true of the picture.';
COMMENT ON COLUMN entente.ground_truth_results.vision_true IS 'Vision concepts that are true of the picture.';
COMMENT ON COLUMN entente.ground_truth_results.bank_true IS 'Descriptors of the whole bank that are true of the picture.';
COMMENT ON COLUMN entente.ground_truth_results.result_written_at IS
    'Of the result that was scored: a score of a result that has been replaced since counts no more.';

CREATE VIEW entente.ground_truth_summary AS
SELECT a.analysis_id, a.name, s.part_method, s.images, s.corloc, s.box_overlap, s.foreground_overlap, s.purity,
    s.adjusted_rand_index, s.mutual_precision, s.vision_precision, s.chance_precision
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT g.part_method, count(*) AS images,
        (count(*) FILTER (WHERE g.box_overlap > 0.5))::double precision / count(*) AS corloc,
        avg(g.box_overlap) AS box_overlap, avg(g.foreground_overlap) AS foreground_overlap,
        avg(g.purity) AS purity, avg(g.adjusted_rand_index) AS adjusted_rand_index,
        sum(g.mutual_true) / nullif(sum(g.mutual_count), 0)::double precision AS mutual_precision,
        sum(g.vision_true) / nullif(sum(g.vision_count), 0)::double precision AS vision_precision,
        sum(g.bank_true) / nullif(sum(g.bank_count), 0)::double precision AS chance_precision
    FROM entente.ground_truth_results AS g
    JOIN entente.image_results AS r USING (analysis_id, image_id)
    WHERE g.analysis_id = a.analysis_id AND r.written_at = g.result_written_at
    GROUP BY g.part_method
) AS s;
COMMENT ON VIEW entente.ground_truth_summary IS
    'One row an analysis and part method of which images have been scored against ground truth.';
COMMENT ON COLUMN entente.ground_truth_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.ground_truth_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.ground_truth_summary.part_method IS 'pca or kmeans.';
COMMENT ON COLUMN entente.ground_truth_summary.images IS 'Scored images whose result is still the one that was scored.';
COMMENT ON COLUMN entente.ground_truth_summary.corloc IS
    'Share of images in which the foreground''s box overlaps the object''s by more than half (CorLoc).';
COMMENT ON COLUMN entente.ground_truth_summary.box_overlap IS 'Mean intersection over union of the two boxes.';
COMMENT ON COLUMN entente.ground_truth_summary.foreground_overlap IS
    'Mean intersection over union of foreground and object on the patch grid.';
COMMENT ON COLUMN entente.ground_truth_summary.purity IS 'Mean purity of the found parts.';
COMMENT ON COLUMN entente.ground_truth_summary.adjusted_rand_index IS
    'Mean adjusted Rand index of found and true parts; 0 is chance.';
COMMENT ON COLUMN entente.ground_truth_summary.mutual_precision IS
    'Share of all images'' mutual concepts that are true of their pictures.';
COMMENT ON COLUMN entente.ground_truth_summary.vision_precision IS
    'Share of all images'' vision concepts that are true of their pictures.';
COMMENT ON COLUMN entente.ground_truth_summary.chance_precision IS
    'Share of the bank that is true of a picture: what descriptors drawn at random would reach.';

"""###),
        Migration(
            file: "0009_dashboards.sql",
            sql: ###"""
-- oldest worker: 1
--
-- What dashboards ask for and the views of before did not answer, or not fast enough at a million images: how many
-- images a minute, who is at which partition, and what a replay changed, out of roll-ups.

-- Images a minute -------------------------------------------------------------------------------------------------

-- Kept like the roll-ups of 0004: integer sums, one cell a shard, in key order behind the shard's lock.
CREATE TABLE entente.throughput_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    minute timestamptz NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    fetch_microseconds bigint NOT NULL,
    decode_microseconds bigint NOT NULL,
    encode_microseconds bigint NOT NULL,
    concepts_microseconds bigint NOT NULL,
    PRIMARY KEY (analysis_id, minute, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN entente.throughput_rollups.minute IS 'In which the result''s transaction began.';

CREATE FUNCTION entente.throughput_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, date_bin('1 minute', written_at, timestamptz 'epoch') AS minute, shard,
            sum(sign)::bigint AS images, sum(sign * fetch_microseconds::bigint)::bigint AS fetch_microseconds,
            sum(sign * decode_microseconds::bigint)::bigint AS decode_microseconds,
            sum(sign * encode_microseconds::bigint)::bigint AS encode_microseconds,
            sum(sign * concepts_microseconds::bigint)::bigint AS concepts_microseconds
        FROM (%s) AS signed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    $f$, source)
$$;

DO $migration$
DECLARE
    event text;
    source text;
    referencing text;
    delta text;
BEGIN
    FOR event, source, referencing IN VALUES
        ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n', 'NEW TABLE AS new_rows'),
        ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o', 'OLD TABLE AS old_rows'),
        ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o',
            'OLD TABLE AS old_rows NEW TABLE AS new_rows')
    LOOP
        delta := entente.throughput_delta_sql(source);
        EXECUTE format($f$
            CREATE FUNCTION entente.roll_up_throughput_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                INSERT INTO entente.throughput_rollups AS r %2$s
                ON CONFLICT (analysis_id, minute, shard) DO UPDATE SET images = r.images + excluded.images,
                    fetch_microseconds = r.fetch_microseconds + excluded.fetch_microseconds,
                    decode_microseconds = r.decode_microseconds + excluded.decode_microseconds,
                    encode_microseconds = r.encode_microseconds + excluded.encode_microseconds,
                    concepts_microseconds = r.concepts_microseconds + excluded.concepts_microseconds;
                RETURN NULL;
            END $body$
        $f$, event, delta);
        EXECUTE format(
            'CREATE TRIGGER b_roll_up_throughput_on_%1$s AFTER %1$s ON entente.image_results REFERENCING %2$s '
            'FOR EACH STATEMENT EXECUTE FUNCTION entente.roll_up_throughput_on_%1$s()', event, referencing);
    END LOOP;
    EXECUTE format('CREATE FUNCTION entente.recomputed_throughput_rollups(of_analysis text) '
        'RETURNS SETOF entente.throughput_rollups LANGUAGE sql STABLE AS $body$ %s $body$',
        entente.throughput_delta_sql('SELECT 1 AS sign, i.* FROM entente.image_results AS i '
            'WHERE $1 IS NULL OR i.analysis_id = $1'));
END $migration$;
DROP FUNCTION entente.throughput_delta_sql(text);

-- The triggers above have locked out writers until this transaction ends.
INSERT INTO entente.throughput_rollups SELECT * FROM entente.recomputed_throughput_rollups(NULL);

-- As before, and the new roll-up.
ALTER FUNCTION entente.rollup_differences(text) RENAME TO score_rollup_differences;
CREATE FUNCTION entente.rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    SELECT * FROM entente.score_rollup_differences(of_analysis)
    UNION ALL
    SELECT 'throughput_rollups', d.analysis_id, d.minute::text, q.quantity, q.stored::text, q.recomputed::text
    FROM (
        -- What is stored counts with 1, what is recomputed with 0.
        SELECT r.analysis_id, r.minute,
            sum(kept * images) AS images, sum((1 - kept) * images) AS images_anew,
            sum(kept * fetch_microseconds) AS fetch, sum((1 - kept) * fetch_microseconds) AS fetch_anew,
            sum(kept * decode_microseconds) AS decode, sum((1 - kept) * decode_microseconds) AS decode_anew,
            sum(kept * encode_microseconds) AS encode, sum((1 - kept) * encode_microseconds) AS encode_anew,
            sum(kept * concepts_microseconds) AS concepts, sum((1 - kept) * concepts_microseconds) AS concepts_anew
        FROM (SELECT 1 AS kept, * FROM entente.throughput_rollups
            UNION ALL SELECT 0, * FROM entente.recomputed_throughput_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.minute
    ) AS d
    CROSS JOIN LATERAL (VALUES ('images', d.images, d.images_anew), ('fetch_microseconds', d.fetch, d.fetch_anew),
        ('decode_microseconds', d.decode, d.decode_anew), ('encode_microseconds', d.encode, d.encode_anew),
        ('concepts_microseconds', d.concepts, d.concepts_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    ORDER BY 1, 2, 3, 4
$$;

CREATE VIEW entente.analysis_throughput AS
SELECT a.analysis_id, a.name, t.minute, t.images, t.fetch / 1e6::double precision AS fetch_seconds,
    t.decode / 1e6::double precision AS decode_seconds, t.encode / 1e6::double precision AS encode_seconds,
    t.concepts / 1e6::double precision AS concepts_seconds
FROM (
    SELECT r.analysis_id, r.minute, sum(r.images)::bigint AS images, sum(r.fetch_microseconds) AS fetch,
        sum(r.decode_microseconds) AS decode, sum(r.encode_microseconds) AS encode,
        sum(r.concepts_microseconds) AS concepts
    FROM entente.throughput_rollups AS r GROUP BY r.analysis_id, r.minute HAVING sum(r.images) > 0
) AS t
JOIN entente.analyses AS a USING (analysis_id);
COMMENT ON VIEW entente.analysis_throughput IS
    'Images with a result by the minute in which it was written; minutes without one have no row.';
COMMENT ON COLUMN entente.analysis_throughput.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_throughput.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_throughput.minute IS 'Its beginning.';
COMMENT ON COLUMN entente.analysis_throughput.images IS 'Images whose result was written in it.';
COMMENT ON COLUMN entente.analysis_throughput.fetch_seconds IS 'Time it took to fetch them, added up over images.';
COMMENT ON COLUMN entente.analysis_throughput.decode_seconds IS 'Likewise to decode and resize.';
COMMENT ON COLUMN entente.analysis_throughput.encode_seconds IS
    'Likewise in the encoder, each image''s share of what is encoded together.';
COMMENT ON COLUMN entente.analysis_throughput.concepts_seconds IS 'Likewise for parts, concepts and agreement.';

-- Who is where ----------------------------------------------------------------------------------------------------

CREATE VIEW entente.partition_progress AS
SELECT o.consumer_group, o.topic, o.partition, o.owner, o.epoch, o.next_offset, o.updated_at, j.jobs_in_flight,
    j.suspects, j.oldest_taken_at
FROM entente.job_offsets AS o
CROSS JOIN LATERAL (
    SELECT count(*) AS jobs_in_flight, count(*) FILTER (WHERE f.is_suspect) AS suspects,
        min(f.taken_at) AS oldest_taken_at
    FROM entente.in_flight_jobs AS f
    WHERE f.consumer_group = o.consumer_group AND f.topic = o.topic AND f.partition = o.partition
) AS j;
COMMENT ON VIEW entente.partition_progress IS
    'How far each partition is and who has it. How many messages wait in it Kafka knows: entente_consumer_lag.';
COMMENT ON COLUMN entente.partition_progress.consumer_group IS 'Consumer group of the workers.';
COMMENT ON COLUMN entente.partition_progress.topic IS 'Topic of image jobs.';
COMMENT ON COLUMN entente.partition_progress.partition IS 'Partition of the topic.';
COMMENT ON COLUMN entente.partition_progress.owner IS 'The worker that claimed it last.';
COMMENT ON COLUMN entente.partition_progress.epoch IS 'How often it was claimed.';
COMMENT ON COLUMN entente.partition_progress.next_offset IS
    'First offset whose outcome is not in the tables; null before the first.';
COMMENT ON COLUMN entente.partition_progress.updated_at IS 'When it last got on or was claimed.';
COMMENT ON COLUMN entente.partition_progress.jobs_in_flight IS 'Jobs that were taken and whose outcome is not stored.';
COMMENT ON COLUMN entente.partition_progress.suspects IS 'Those of them at which a worker vanished.';
COMMENT ON COLUMN entente.partition_progress.oldest_taken_at IS 'When the first of them was taken; null without any.';

CREATE VIEW entente.submission_progress AS
SELECT s.submission_id, s.analysis_id, a.name, s.kind, s.force, s.replayed_from, s.images, s.jobs, s.jobs_produced,
    s.created_at, s.finished_at, s.cancelled_at
FROM entente.submissions AS s JOIN entente.analyses AS a USING (analysis_id);
COMMENT ON VIEW entente.submission_progress IS
    'What was sent for an analysis; what became of its images is in analysis_progress.';
COMMENT ON COLUMN entente.submission_progress.submission_id IS 'The submission.';
COMMENT ON COLUMN entente.submission_progress.analysis_id IS 'The analysis its images are for.';
COMMENT ON COLUMN entente.submission_progress.name IS 'The analysis''s latest name.';
COMMENT ON COLUMN entente.submission_progress.kind IS
    'submit, replay, or foreign: first seen in another producer''s job.';
COMMENT ON COLUMN entente.submission_progress.force IS 'Whether its results replace older ones.';
COMMENT ON COLUMN entente.submission_progress.replayed_from IS 'The analysis whose images a replay sent again.';
COMMENT ON COLUMN entente.submission_progress.images IS 'Images named in it.';
COMMENT ON COLUMN entente.submission_progress.jobs IS 'Jobs that they make.';
COMMENT ON COLUMN entente.submission_progress.jobs_produced IS 'Jobs that the broker has acknowledged.';
COMMENT ON COLUMN entente.submission_progress.created_at IS 'When it was announced.';
COMMENT ON COLUMN entente.submission_progress.finished_at IS
    'When the last job was acknowledged; null while sending, or when it was broken off.';
COMMENT ON COLUMN entente.submission_progress.cancelled_at IS 'When it was called off; null when it was not.';

-- Classes ---------------------------------------------------------------------------------------------------------

CREATE VIEW entente.class_confusion AS
SELECT a.analysis_id, a.name, c.label_index, l.class_id AS label, l.name AS label_name, c.predicted_index,
    k.class_id AS predicted, k.name AS predicted_name, c.images,
    c.images / sum(c.images) OVER (PARTITION BY a.analysis_id, c.label_index)::double precision AS share
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT r.label_index, r.predicted_index, sum(r.images)::bigint AS images
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index, r.predicted_index HAVING sum(r.images) > 0
) AS c
LEFT JOIN entente.classes AS l ON l.analysis_id = a.analysis_id AND l.class_index = c.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = c.predicted_index;
COMMENT ON VIEW entente.class_confusion IS 'How often images of one class were predicted as another, or as itself.';
COMMENT ON COLUMN entente.class_confusion.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_confusion.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_confusion.label_index IS 'Place of the label''s class in the analysis.';
COMMENT ON COLUMN entente.class_confusion.label IS 'Its class id.';
COMMENT ON COLUMN entente.class_confusion.label_name IS 'Its name.';
COMMENT ON COLUMN entente.class_confusion.predicted_index IS 'Place of the predicted class in the analysis.';
COMMENT ON COLUMN entente.class_confusion.predicted IS 'Its class id.';
COMMENT ON COLUMN entente.class_confusion.predicted_name IS 'Its name.';
COMMENT ON COLUMN entente.class_confusion.images IS 'Images with this label and this prediction.';
COMMENT ON COLUMN entente.class_confusion.share IS 'images / all images with this label.';

-- The same rows as before. Class ids are among what is grouped by, so that a filter by class id reaches the index.
CREATE OR REPLACE VIEW entente.class_concept_ranking AS
SELECT a.analysis_id, a.name, c.class_role, c.class_index, c.class_id, c.class_name, c.part_method, c.rank,
    c.descriptor_index, d.descriptor, c.mutual_images, c.vision_images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.class_role, s.class_index, s.class_id, s.part_method
        ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT 'label' AS class_role, r.label_index AS class_index, k.class_id, k.name AS class_name, r.part_method,
            r.descriptor_index, sum(r.mutual_images)::bigint AS mutual_images,
            sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
        WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
        GROUP BY r.label_index, k.class_id, k.name, r.part_method, r.descriptor_index
        HAVING sum(r.vision_images) > 0
        UNION ALL
        SELECT 'prediction', r.predicted_index, k.class_id, k.name, r.part_method, r.descriptor_index,
            sum(r.mutual_images)::bigint, sum(r.vision_images)::bigint
        FROM entente.concept_rollups AS r
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
        WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
        GROUP BY r.predicted_index, k.class_id, k.name, r.part_method, r.descriptor_index
        HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;

-- For lists of one class's images. Not led by analysis_id, for the reason that image_results_by_class has.
CREATE INDEX image_results_by_label ON entente.image_results (label_index, analysis_id);

-- Replays ---------------------------------------------------------------------------------------------------------

CREATE VIEW entente.replays AS
SELECT s.replayed_from AS from_analysis, f.name AS from_name, s.analysis_id AS to_analysis, t.name AS to_name,
    max(s.created_at) AS replayed_at, sum(s.images)::bigint AS images
FROM entente.submissions AS s
JOIN entente.analyses AS f ON f.analysis_id = s.replayed_from
JOIN entente.analyses AS t ON t.analysis_id = s.analysis_id
WHERE s.replayed_from <> s.analysis_id
GROUP BY s.replayed_from, f.name, s.analysis_id, t.name;
COMMENT ON VIEW entente.replays IS 'Pairs of analyses of which one is a replay of the other''s images.';
COMMENT ON COLUMN entente.replays.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replays.from_name IS 'Its latest name.';
COMMENT ON COLUMN entente.replays.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replays.to_name IS 'Its latest name.';
COMMENT ON COLUMN entente.replays.replayed_at IS 'When it was last done.';
COMMENT ON COLUMN entente.replays.images IS 'Images that were sent, added up over the replays of this pair.';

CREATE VIEW entente.replay_class_comparison AS
SELECT p.from_analysis, p.to_analysis, CASE WHEN c.is_whole THEN 'all' ELSE 'class' END AS scope, c.class_id,
    c.class_name, c.part_method, e.estimator, c.from_images, c.to_images,
    h.from_hits / nullif(h.from_labelled, 0)::double precision AS from_top_1,
    h.to_hits / nullif(h.to_labelled, 0)::double precision AS to_top_1,
    h.to_hits / nullif(h.to_labelled, 0)::double precision
        - h.from_hits / nullif(h.from_labelled, 0)::double precision AS delta_top_1,
    (e.from_mi / c.from_images)::double precision / 1e9 AS from_mi,
    (e.to_mi / c.to_images)::double precision / 1e9 AS to_mi,
    (e.to_mi / c.to_images - e.from_mi / c.from_images)::double precision / 1e9 AS delta_mi,
    (e.from_auc / c.from_images)::double precision / 1e9 AS from_auc,
    (e.to_auc / c.to_images)::double precision / 1e9 AS to_auc,
    (e.to_auc / c.to_images - e.from_auc / c.from_images)::double precision / 1e9 AS delta_auc,
    (c.from_mutual / c.from_images)::double precision AS from_mutual_concepts,
    (c.to_mutual / c.to_images)::double precision AS to_mutual_concepts,
    (c.to_mutual / c.to_images - c.from_mutual / c.from_images)::double precision AS delta_mutual_concepts
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id, max(k.name) AS class_name, r.part_method,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.from_analysis), 0) AS from_images,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.to_analysis), 0) AS to_images,
        sum(r.mutual_concepts) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mutual,
        sum(r.mutual_concepts) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mutual,
        sum(r.mi_released) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mi_released,
        sum(r.mi_released) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mi_released,
        sum(r.auc_released) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_auc_released,
        sum(r.auc_released) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_auc_released,
        sum(r.mi_membership) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mi_membership,
        sum(r.mi_membership) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mi_membership,
        sum(r.auc_membership) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_auc_membership,
        sum(r.auc_membership) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_auc_membership
    FROM entente.part_rollups AS r
    LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
    WHERE r.analysis_id IN (p.from_analysis, p.to_analysis)
    GROUP BY r.label_index = -2, k.class_id, r.part_method HAVING sum(r.images) > 0
) AS c
JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id,
        sum(r.labelled) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_labelled,
        sum(r.labelled) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_labelled,
        sum(r.hits_at_1) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_hits,
        sum(r.hits_at_1) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_hits
    FROM entente.image_rollups AS r
    LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
    WHERE r.analysis_id IN (p.from_analysis, p.to_analysis)
    GROUP BY r.label_index = -2, k.class_id
) AS h ON h.is_whole = c.is_whole AND coalesce(h.class_id, '') = coalesce(c.class_id, '')
CROSS JOIN LATERAL (VALUES
    ('released', c.from_mi_released, c.to_mi_released, c.from_auc_released, c.to_auc_released),
    ('membership', c.from_mi_membership, c.to_mi_membership, c.from_auc_membership, c.to_auc_membership)
) AS e (estimator, from_mi, to_mi, from_auc, to_auc);
COMMENT ON VIEW entente.replay_class_comparison IS
    'A replay''s two analyses side by side, out of roll-ups: each mean is over all images its own analysis has, where '
    'replay_comparison looks at the images that both have.';
COMMENT ON COLUMN entente.replay_class_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_class_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_class_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_class_comparison.class_id IS
    'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_class_comparison.class_name IS 'Its name; where the two differ, the last in order.';
COMMENT ON COLUMN entente.replay_class_comparison.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_class_comparison.estimator IS
    'released or membership: which mutual information the means are of; counts and accuracy are the same for both.';
COMMENT ON COLUMN entente.replay_class_comparison.from_images IS 'Images of from_analysis; null without any.';
COMMENT ON COLUMN entente.replay_class_comparison.to_images IS 'Images of to_analysis; null without any.';
COMMENT ON COLUMN entente.replay_class_comparison.from_top_1 IS
    'Share of from_analysis''s labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.replay_class_comparison.to_top_1 IS 'The same of to_analysis.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_top_1 IS 'to_top_1 - from_top_1.';
COMMENT ON COLUMN entente.replay_class_comparison.from_mi IS 'Mean mutual information before, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.to_mi IS 'Mean mutual information now, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_mi IS 'to_mi - from_mi.';
COMMENT ON COLUMN entente.replay_class_comparison.from_auc IS 'Mean of the images'' own AUCs before, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.to_auc IS 'Mean of the images'' own AUCs now, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_auc IS 'to_auc - from_auc.';
COMMENT ON COLUMN entente.replay_class_comparison.from_mutual_concepts IS 'Mean number of mutual concepts before.';
COMMENT ON COLUMN entente.replay_class_comparison.to_mutual_concepts IS 'Mean number of mutual concepts now.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_mutual_concepts IS
    'to_mutual_concepts - from_mutual_concepts.';

CREATE VIEW entente.replay_concept_comparison AS
SELECT p.from_analysis, p.to_analysis, s.scope, s.class_id, c.part_method, c.descriptor,
    coalesce(c.from_mutual, 0)::bigint AS from_mutual_images, coalesce(c.to_mutual, 0)::bigint AS to_mutual_images,
    (coalesce(c.to_mutual, 0) - coalesce(c.from_mutual, 0))::bigint AS delta_mutual_images,
    coalesce(c.from_vision, 0)::bigint AS from_vision_images, coalesce(c.to_vision, 0)::bigint AS to_vision_images
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT 'all' AS scope, NULL::text COLLATE "C" AS class_id, -2 AS from_index, -2 AS to_index
    UNION ALL
    SELECT 'class', t.class_id, f.class_index, t.class_index
    FROM entente.classes AS t
    LEFT JOIN entente.classes AS f ON f.analysis_id = p.from_analysis AND f.class_id = t.class_id
    WHERE t.analysis_id = p.to_analysis
) AS s
CROSS JOIN LATERAL (
    SELECT r.part_method, d.descriptor, sum(r.mutual_images) FILTER (WHERE r.is_old) AS from_mutual,
        sum(r.mutual_images) FILTER (WHERE NOT r.is_old) AS to_mutual,
        sum(r.vision_images) FILTER (WHERE r.is_old) AS from_vision,
        sum(r.vision_images) FILTER (WHERE NOT r.is_old) AS to_vision
    FROM (
        -- Shards are added up before descriptors are looked up.
        SELECT true AS is_old, o.analysis_id, o.part_method, o.descriptor_index,
            sum(o.mutual_images)::bigint AS mutual_images, sum(o.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS o
        WHERE o.analysis_id = p.from_analysis AND o.label_index = s.from_index GROUP BY 2, 3, 4
        UNION ALL
        SELECT false, n.analysis_id, n.part_method, n.descriptor_index, sum(n.mutual_images)::bigint,
            sum(n.vision_images)::bigint
        FROM entente.concept_rollups AS n
        WHERE n.analysis_id = p.to_analysis AND n.label_index = s.to_index GROUP BY 2, 3, 4
    ) AS r
    JOIN entente.descriptors AS d ON d.analysis_id = r.analysis_id AND d.descriptor_index = r.descriptor_index
    GROUP BY r.part_method, d.descriptor HAVING sum(r.vision_images) > 0
) AS c;
COMMENT ON VIEW entente.replay_concept_comparison IS
    'How many images'' encoders agree on a descriptor before and after a replay, out of roll-ups; filter by the pair.';
COMMENT ON COLUMN entente.replay_concept_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_concept_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_concept_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, a class of to_analysis.';
COMMENT ON COLUMN entente.replay_concept_comparison.class_id IS 'Id of the label''s class.';
COMMENT ON COLUMN entente.replay_concept_comparison.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_concept_comparison.descriptor IS 'The descriptor, by which banks are compared.';
COMMENT ON COLUMN entente.replay_concept_comparison.from_mutual_images IS 'Images in which it was a mutual concept.';
COMMENT ON COLUMN entente.replay_concept_comparison.to_mutual_images IS 'Images in which it is one now.';
COMMENT ON COLUMN entente.replay_concept_comparison.delta_mutual_images IS 'to_mutual_images - from_mutual_images.';
COMMENT ON COLUMN entente.replay_concept_comparison.from_vision_images IS 'Images in which it was a vision concept.';
COMMENT ON COLUMN entente.replay_concept_comparison.to_vision_images IS 'Images in which it is one now.';

CREATE VIEW entente.replay_flips AS
SELECT p.from_analysis, p.to_analysis, CASE WHEN c.is_whole THEN 'all' ELSE 'class' END AS scope, c.class_id,
    c.images_both, c.images_only_from, c.images_only_to, c.flips, c.flips_to_right, c.flips_to_wrong
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT grouping(i.label) = 1 AS is_whole, i.label AS class_id,
        count(*) FILTER (WHERE i.in_from AND i.in_to) AS images_both,
        count(*) FILTER (WHERE NOT i.in_to) AS images_only_from,
        count(*) FILTER (WHERE NOT i.in_from) AS images_only_to,
        count(*) FILTER (WHERE i.from_predicted <> i.to_predicted) AS flips,
        count(*) FILTER (WHERE NOT i.from_hit AND i.to_hit) AS flips_to_right,
        count(*) FILTER (WHERE i.from_hit AND NOT i.to_hit) AS flips_to_wrong
    FROM (
        SELECT f.image_id IS NOT NULL AS in_from, t.image_id IS NOT NULL AS in_to,
            coalesce(tl.class_id, fl.class_id) AS label, fp.class_id AS from_predicted, tp.class_id AS to_predicted,
            f.hit_at_1 AS from_hit, t.hit_at_1 AS to_hit
        FROM (SELECT r.image_id, r.label_index, r.predicted_index, r.hit_at_1 FROM entente.image_results AS r
            WHERE r.analysis_id = p.from_analysis) AS f
        FULL JOIN (SELECT r.image_id, r.label_index, r.predicted_index, r.hit_at_1 FROM entente.image_results AS r
            WHERE r.analysis_id = p.to_analysis) AS t ON t.image_id = f.image_id
        LEFT JOIN entente.classes AS fl ON fl.analysis_id = p.from_analysis AND fl.class_index = f.label_index
        LEFT JOIN entente.classes AS tl ON tl.analysis_id = p.to_analysis AND tl.class_index = t.label_index
        LEFT JOIN entente.classes AS fp ON fp.analysis_id = p.from_analysis AND fp.class_index = f.predicted_index
        LEFT JOIN entente.classes AS tp ON tp.analysis_id = p.to_analysis AND tp.class_index = t.predicted_index
    ) AS i
    GROUP BY GROUPING SETS ((i.label), ())
) AS c;
COMMENT ON VIEW entente.replay_flips IS
    'How many predictions a replay changed, by class; reads both analyses'' images, so filter by the pair.';
COMMENT ON COLUMN entente.replay_flips.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_flips.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_flips.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_flips.class_id IS 'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_flips.images_both IS 'Images with a result in both; flips are over these.';
COMMENT ON COLUMN entente.replay_flips.images_only_from IS 'Images with a result in from_analysis alone.';
COMMENT ON COLUMN entente.replay_flips.images_only_to IS 'Images with a result in to_analysis alone.';
COMMENT ON COLUMN entente.replay_flips.flips IS 'Images that are predicted as another class now.';
COMMENT ON COLUMN entente.replay_flips.flips_to_right IS 'Labelled images that were wrong and are right now.';
COMMENT ON COLUMN entente.replay_flips.flips_to_wrong IS 'Labelled images that were right and are wrong now.';

-- Plain joins, so that filters reach indexes, a LIMIT ends early, and concepts are compared for the rows that are shown:
-- for looking at some images of a pair, where replay_image_comparison works out all of them.
CREATE VIEW entente.replay_image_changes AS
SELECT p.from_analysis, p.to_analysis, t.image_id, t.part_method, tl.class_id AS label, fp.class_id AS from_predicted,
    tp.class_id AS to_predicted, fp.class_id <> tp.class_id AS flipped, g.hit_at_1 AS from_hit, u.hit_at_1 AS to_hit,
    (t.mi_released - f.mi_released) / 1e9::double precision AS delta_mi_released,
    (t.auc_released - f.auc_released) / 1e9::double precision AS delta_auc_released,
    (t.mi_membership - f.mi_membership) / 1e9::double precision AS delta_mi_membership,
    (t.auc_membership - f.auc_membership) / 1e9::double precision AS delta_auc_membership,
    ARRAY(
        SELECT d.descriptor
        FROM unnest(t.vision_descriptors, t.vision_mutual) WITH ORDINALITY AS c (place, mutual, rank)
        JOIN entente.descriptors AS d ON d.analysis_id = t.analysis_id AND d.descriptor_index = c.place
        WHERE c.mutual AND d.descriptor NOT IN (
            SELECT e.descriptor FROM unnest(f.vision_descriptors, f.vision_mutual) AS o (place, mutual)
            JOIN entente.descriptors AS e ON e.analysis_id = f.analysis_id AND e.descriptor_index = o.place
            WHERE o.mutual)
        ORDER BY c.rank) AS concepts_gained,
    ARRAY(
        SELECT d.descriptor
        FROM unnest(f.vision_descriptors, f.vision_mutual) WITH ORDINALITY AS c (place, mutual, rank)
        JOIN entente.descriptors AS d ON d.analysis_id = f.analysis_id AND d.descriptor_index = c.place
        WHERE c.mutual AND d.descriptor NOT IN (
            SELECT e.descriptor FROM unnest(t.vision_descriptors, t.vision_mutual) AS o (place, mutual)
            JOIN entente.descriptors AS e ON e.analysis_id = t.analysis_id AND e.descriptor_index = o.place
            WHERE o.mutual)
        ORDER BY c.rank) AS concepts_lost
FROM entente.replays AS p
JOIN entente.image_results AS u ON u.analysis_id = p.to_analysis
JOIN entente.part_results AS t ON t.analysis_id = u.analysis_id AND t.image_id = u.image_id
JOIN entente.part_results AS f
    ON f.analysis_id = p.from_analysis AND f.image_id = t.image_id AND f.part_method = t.part_method
JOIN entente.image_results AS g ON g.analysis_id = f.analysis_id AND g.image_id = f.image_id
LEFT JOIN entente.classes AS tl ON tl.analysis_id = u.analysis_id AND tl.class_index = u.label_index
LEFT JOIN entente.classes AS tp ON tp.analysis_id = u.analysis_id AND tp.class_index = u.predicted_index
LEFT JOIN entente.classes AS fp ON fp.analysis_id = g.analysis_id AND fp.class_index = g.predicted_index;
COMMENT ON VIEW entente.replay_image_changes IS
    'What a replay changed in images that both analyses have, one row an image and part method; filter by the pair, and '
    'by label or image.';
COMMENT ON COLUMN entente.replay_image_changes.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_image_changes.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_image_changes.image_id IS 'The image.';
COMMENT ON COLUMN entente.replay_image_changes.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_image_changes.label IS 'Class id of its label in to_analysis; null without one.';
COMMENT ON COLUMN entente.replay_image_changes.from_predicted IS 'Class id of the prediction before.';
COMMENT ON COLUMN entente.replay_image_changes.to_predicted IS 'Class id of the prediction now.';
COMMENT ON COLUMN entente.replay_image_changes.flipped IS 'The two class ids differ.';
COMMENT ON COLUMN entente.replay_image_changes.from_hit IS 'The prediction was the label; null without a label.';
COMMENT ON COLUMN entente.replay_image_changes.to_hit IS 'The prediction is the label now; null without a label.';
COMMENT ON COLUMN entente.replay_image_changes.delta_mi_released IS
    'Mutual information now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.delta_auc_released IS
    'AUC now less before, released estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.delta_mi_membership IS
    'Mutual information now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.delta_auc_membership IS
    'AUC now less before, membership estimator, nats.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_gained IS
    'Descriptors that both encoders name now and did not before, most relevant first.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_lost IS
    'Descriptors that both encoders named before and do no longer, most relevant first.';

-- Part methods have more names than when the older views were commented.
DO $$
DECLARE
    part_method record;
BEGIN
    FOR part_method IN
        SELECT c.oid::regclass AS view
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'entente'::regnamespace AND c.relkind = 'v' AND a.attname = 'part_method'
            AND col_description(c.oid, a.attnum) = 'pca or kmeans.'
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.part_method IS %L', part_method.view,
            'pca or kmeans; behind @ the dense method whose features it groups, behind + the one that reads its parts.');
    END LOOP;
END
$$;

"""###),
        Migration(
            file: "0010_worker_versions.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0011_mean_relevance.sql",
            sql: ###"""
-- oldest worker: 10
--
-- How relevant an image's vision concepts are on average: worked out of what is stored, so that rows of every build have it.

CREATE OR REPLACE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at,
    (SELECT avg(c.relevance::double precision)::real FROM unnest(p.vision_relevances) AS c (relevance)) AS mean_relevance
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON COLUMN entente.image_scores.mean_relevance IS
    'Mean over the vision concepts of 2.5 times the cosine of image and bare descriptor; null without vision concepts.';
COMMENT ON COLUMN entente.image_scores.kernel_set IS
    'What computed it: OpenBLAS''s kernels and ours, such as Haswell+avx2; in rows of older builds OpenBLAS''s alone.';

"""###),
        Migration(
            file: "0012_begin_job.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0013_logs.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0014_one_picture.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0015_dead_letters.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0016_crashes.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0017_lookups.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0018_intervals.sql",
            sql: ###"""
-- oldest worker: 10
--
-- Views for people who know the documents alone: 95 % intervals beside means and shares, one flat row a mutual concept, text beside
-- arrays, and counts that are integers to every client.
--
-- An interval needs the sum of squares beside each sum, which the same triggers keep and `entente verify` recomputes. Squares of
-- nano-nats leave 64 bits at some ten images, so they are numeric, which adds whole numbers exactly.

-- Holds off writers before any of them has a function of before in hand that does not know the new columns.
LOCK TABLE entente.part_results IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE entente.part_rollups
    ADD vision_concepts_squared bigint NOT NULL DEFAULT 0,
    ADD mutual_concepts_squared bigint NOT NULL DEFAULT 0,
    ADD mi_released_squared numeric NOT NULL DEFAULT 0,
    ADD auc_released_squared numeric NOT NULL DEFAULT 0,
    ADD curve_released_squared numeric NOT NULL DEFAULT 0,
    ADD mi_membership_squared numeric NOT NULL DEFAULT 0,
    ADD auc_membership_squared numeric NOT NULL DEFAULT 0,
    ADD curve_membership_squared numeric NOT NULL DEFAULT 0;
COMMENT ON COLUMN entente.part_rollups.mi_released_squared IS 'Sum of the images'' squares, as in every column so called.';
COMMENT ON COLUMN entente.part_rollups.curve_released_squared IS 'Sum over images of the square of the sum of the curve''s points.';
COMMENT ON COLUMN entente.part_rollups.curve_membership_squared IS 'As curve_released_squared.';

-- As in 0004, and the squares. One definition serves the triggers, the recomputation, and what is made up for below.
CREATE FUNCTION entente.part_squares_sql() RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT $f$
            sum(sign * vision_count::bigint * vision_count)::bigint AS vision_concepts_squared,
            sum(sign * overlap::bigint * overlap)::bigint AS mutual_concepts_squared,
            sum(sign * mi_released::numeric * mi_released) AS mi_released_squared,
            sum(sign * auc_released::numeric * auc_released) AS auc_released_squared,
            sum(sign * (SELECT sum(x) * sum(x) FROM unnest(curve_released) AS u (x))) AS curve_released_squared,
            sum(sign * mi_membership::numeric * mi_membership) AS mi_membership_squared,
            sum(sign * auc_membership::numeric * auc_membership) AS auc_membership_squared,
            sum(sign * (SELECT sum(x) * sum(x) FROM unnest(curve_membership) AS u (x))) AS curve_membership_squared
    $f$
$$;
CREATE FUNCTION entente.part_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
            part_method, shard, sum(sign)::bigint AS images,
            sum(sign * vision_count::bigint)::bigint AS vision_concepts,
            sum(sign * language_count::bigint)::bigint AS language_concepts,
            sum(sign * overlap::bigint)::bigint AS mutual_concepts,
            sum(sign * mi_released)::bigint AS mi_released,
            sum(sign * auc_released)::bigint AS auc_released,
            sum(sign * mi_membership)::bigint AS mi_membership,
            sum(sign * auc_membership)::bigint AS auc_membership,
            entente.sum_curves(array_fill(sign::bigint, ARRAY[cardinality(curve_released)])) AS curves_longer,
            entente.sum_curves(CASE WHEN sign = 1 THEN curve_released
                ELSE entente.negated_curve(curve_released) END) AS curve_released,
            entente.sum_curves(CASE WHEN sign = 1 THEN curve_membership
                ELSE entente.negated_curve(curve_membership) END) AS curve_membership,
            %s
        FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, predicted_index, part_method, shard), (analysis_id, part_method, shard))
        ORDER BY 1, 2, 3, 4, 5
    $f$, entente.part_squares_sql(), source)
$$;

DO $migration$
DECLARE
    -- Label, prediction and shard as the image's row has them.
    truth text := 'SELECT 1 AS sign, i.label_index, i.predicted_index, i.shard, p.analysis_id, p.part_method, '
        'p.vision_count, p.language_count, p.overlap, p.mi_released, p.auc_released, p.curve_released, '
        'p.mi_membership, p.auc_membership, p.curve_membership '
        'FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id)';
    event text;
    source text;
BEGIN
    FOR event, source IN VALUES
        ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n'),
        ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o'),
        ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o')
    LOOP
        EXECUTE format($f$
            CREATE OR REPLACE FUNCTION entente.roll_up_part_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                INSERT INTO entente.part_rollups AS r %2$s
                ON CONFLICT (analysis_id, label_index, predicted_index, part_method, shard) DO UPDATE SET
                    images = r.images + excluded.images,
                    vision_concepts = r.vision_concepts + excluded.vision_concepts,
                    language_concepts = r.language_concepts + excluded.language_concepts,
                    mutual_concepts = r.mutual_concepts + excluded.mutual_concepts,
                    mi_released = r.mi_released + excluded.mi_released,
                    auc_released = r.auc_released + excluded.auc_released,
                    mi_membership = r.mi_membership + excluded.mi_membership,
                    auc_membership = r.auc_membership + excluded.auc_membership,
                    curves_longer = entente.add_curves(r.curves_longer, excluded.curves_longer),
                    curve_released = entente.add_curves(r.curve_released, excluded.curve_released),
                    curve_membership = entente.add_curves(r.curve_membership, excluded.curve_membership),
                    vision_concepts_squared = r.vision_concepts_squared + excluded.vision_concepts_squared,
                    mutual_concepts_squared = r.mutual_concepts_squared + excluded.mutual_concepts_squared,
                    mi_released_squared = r.mi_released_squared + excluded.mi_released_squared,
                    auc_released_squared = r.auc_released_squared + excluded.auc_released_squared,
                    curve_released_squared = r.curve_released_squared + excluded.curve_released_squared,
                    mi_membership_squared = r.mi_membership_squared + excluded.mi_membership_squared,
                    auc_membership_squared = r.auc_membership_squared + excluded.auc_membership_squared,
                    curve_membership_squared = r.curve_membership_squared + excluded.curve_membership_squared;
                RETURN NULL;
            END $body$
        $f$, event, entente.part_delta_sql(source));
    END LOOP;
    EXECUTE format('CREATE OR REPLACE FUNCTION entente.recomputed_part_rollups(of_analysis text) '
        'RETURNS SETOF entente.part_rollups LANGUAGE sql STABLE AS $body$ %s $body$',
        entente.part_delta_sql(truth || ' WHERE $1 IS NULL OR p.analysis_id = $1'));

    -- What stands already. Curves are the long part of a recomputation, and they stay.
    EXECUTE format($f$
        UPDATE entente.part_rollups AS r
        SET vision_concepts_squared = s.vision_concepts_squared, mutual_concepts_squared = s.mutual_concepts_squared,
            mi_released_squared = s.mi_released_squared, auc_released_squared = s.auc_released_squared,
            curve_released_squared = s.curve_released_squared, mi_membership_squared = s.mi_membership_squared,
            auc_membership_squared = s.auc_membership_squared, curve_membership_squared = s.curve_membership_squared
        FROM (
            SELECT analysis_id, coalesce(label, -2) AS label_index, coalesce(predicted_index, -2) AS predicted_index,
                part_method, shard, %s
            FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS rows
            GROUP BY GROUPING SETS (
                (analysis_id, label, predicted_index, part_method, shard), (analysis_id, part_method, shard))
        ) AS s
        WHERE r.analysis_id = s.analysis_id AND r.label_index = s.label_index AND r.predicted_index = s.predicted_index
            AND r.part_method = s.part_method AND r.shard = s.shard
    $f$, entente.part_squares_sql(), truth);
END $migration$;
DROP FUNCTION entente.part_delta_sql(text);
DROP FUNCTION entente.part_squares_sql();

-- As before, and the squares.
CREATE OR REPLACE FUNCTION entente.score_rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    -- One row a cell and side; curves as JSON arrays without the zeros that a deletion leaves at their end.
    WITH part_cells AS (
        SELECT r.kept, r.analysis_id,
            format('label %s, predicted %s, %s', r.label_index, r.predicted_index, r.part_method) AS cell,
            jsonb_build_object('images', sum(images), 'vision_concepts', sum(vision_concepts),
                'language_concepts', sum(language_concepts), 'mutual_concepts', sum(mutual_concepts),
                'mi_released', sum(mi_released), 'auc_released', sum(auc_released),
                'mi_membership', sum(mi_membership), 'auc_membership', sum(auc_membership),
                'curves_longer', entente.without_trailing_zeros(entente.sum_curves(curves_longer)),
                'curve_released', entente.without_trailing_zeros(entente.sum_curves(curve_released)),
                'curve_membership', entente.without_trailing_zeros(entente.sum_curves(curve_membership)),
                'vision_concepts_squared', sum(vision_concepts_squared),
                'mutual_concepts_squared', sum(mutual_concepts_squared),
                'mi_released_squared', sum(mi_released_squared), 'auc_released_squared', sum(auc_released_squared),
                'curve_released_squared', sum(curve_released_squared),
                'mi_membership_squared', sum(mi_membership_squared),
                'auc_membership_squared', sum(auc_membership_squared),
                'curve_membership_squared', sum(curve_membership_squared)) AS sums
        FROM (SELECT true AS kept, * FROM entente.part_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_part_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.kept, r.analysis_id, r.label_index, r.predicted_index, r.part_method
    )
    SELECT 'progress_rollups', d.analysis_id, '', q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id,
            coalesce(sum(expected) FILTER (WHERE kept), 0) AS expected,
            coalesce(sum(expected) FILTER (WHERE NOT kept), 0) AS expected_anew,
            coalesce(sum(done) FILTER (WHERE kept), 0) AS done,
            coalesce(sum(done) FILTER (WHERE NOT kept), 0) AS done_anew,
            coalesce(sum(failed) FILTER (WHERE kept), 0) AS failed,
            coalesce(sum(failed) FILTER (WHERE NOT kept), 0) AS failed_anew
        FROM (SELECT true AS kept, * FROM entente.progress_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_progress_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id
    ) AS d
    CROSS JOIN LATERAL (VALUES ('expected', d.expected, d.expected_anew), ('done', d.done, d.done_anew),
        ('failed', d.failed, d.failed_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    SELECT 'image_rollups', d.analysis_id, format('label %s, predicted %s', d.label_index, d.predicted_index),
        q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id, r.label_index, r.predicted_index,
            coalesce(sum(images) FILTER (WHERE kept), 0) AS images,
            coalesce(sum(images) FILTER (WHERE NOT kept), 0) AS images_anew,
            coalesce(sum(labelled) FILTER (WHERE kept), 0) AS labelled,
            coalesce(sum(labelled) FILTER (WHERE NOT kept), 0) AS labelled_anew,
            coalesce(sum(hits_at_1) FILTER (WHERE kept), 0) AS hits_at_1,
            coalesce(sum(hits_at_1) FILTER (WHERE NOT kept), 0) AS hits_at_1_anew,
            coalesce(sum(hits_at_5) FILTER (WHERE kept), 0) AS hits_at_5,
            coalesce(sum(hits_at_5) FILTER (WHERE NOT kept), 0) AS hits_at_5_anew
        FROM (SELECT true AS kept, * FROM entente.image_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_image_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.label_index, r.predicted_index
    ) AS d
    CROSS JOIN LATERAL (VALUES ('images', d.images, d.images_anew), ('labelled', d.labelled, d.labelled_anew),
        ('hits_at_1', d.hits_at_1, d.hits_at_1_anew), ('hits_at_5', d.hits_at_5, d.hits_at_5_anew)
    ) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    SELECT 'part_rollups', p.analysis_id, p.cell, q.quantity, coalesce(p.stored ->> q.quantity, '0'),
        coalesce(p.recomputed ->> q.quantity, '0')
    FROM (SELECT analysis_id, cell, (array_agg(sums) FILTER (WHERE kept))[1] AS stored,
            (array_agg(sums) FILTER (WHERE NOT kept))[1] AS recomputed
        FROM part_cells GROUP BY analysis_id, cell) AS p
    CROSS JOIN LATERAL jsonb_object_keys(coalesce(p.stored, p.recomputed)) AS q (quantity)
    -- A cell that was emptied keeps its zeros.
    WHERE coalesce(nullif(p.stored ->> q.quantity, '[]'), '0')
        <> coalesce(nullif(p.recomputed ->> q.quantity, '[]'), '0')
    UNION ALL
    SELECT 'concept_rollups', d.analysis_id, format('label %s, predicted %s, %s, descriptor %s', d.label_index,
        d.predicted_index, d.part_method, d.descriptor_index), q.quantity, q.stored::text, q.recomputed::text
    FROM (
        SELECT r.analysis_id, r.label_index, r.predicted_index, r.part_method, r.descriptor_index,
            coalesce(sum(vision_images) FILTER (WHERE kept), 0) AS vision_images,
            coalesce(sum(vision_images) FILTER (WHERE NOT kept), 0) AS vision_images_anew,
            coalesce(sum(mutual_images) FILTER (WHERE kept), 0) AS mutual_images,
            coalesce(sum(mutual_images) FILTER (WHERE NOT kept), 0) AS mutual_images_anew
        FROM (SELECT true AS kept, * FROM entente.concept_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_concept_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.analysis_id, r.label_index, r.predicted_index, r.part_method, r.descriptor_index
    ) AS d
    CROSS JOIN LATERAL (VALUES ('vision_images', d.vision_images, d.vision_images_anew),
        ('mutual_images', d.mutual_images, d.mutual_images_anew)) AS q (quantity, stored, recomputed)
    WHERE q.stored <> q.recomputed
    UNION ALL
    -- What the triggers keep beside the sums.
    SELECT 'images', i.analysis_id, 'image ' || i.image_id, 'state', i.state, t.state
    FROM entente.images AS i
    CROSS JOIN LATERAL (SELECT CASE
        WHEN EXISTS (SELECT FROM entente.image_results AS r
            WHERE r.analysis_id = i.analysis_id AND r.image_id = i.image_id) THEN 'done'
        WHEN EXISTS (SELECT FROM entente.failed_images AS f
            WHERE f.analysis_id = i.analysis_id AND f.image_id = i.image_id) THEN 'failed'
        ELSE 'pending' END AS state) AS t
    WHERE (of_analysis IS NULL OR i.analysis_id = of_analysis) AND i.state <> t.state
    UNION ALL
    SELECT 'part_results', p.analysis_id, format('image %s, %s', p.image_id, p.part_method),
        'label, prediction and shard', format('%s, %s, %s', p.label_index, p.predicted_index, p.shard),
        format('%s, %s, %s', i.label_index, i.predicted_index, i.shard)
    FROM entente.part_results AS p JOIN entente.image_results AS i USING (analysis_id, image_id)
    WHERE (of_analysis IS NULL OR p.analysis_id = of_analysis)
        AND (p.label_index, p.predicted_index, p.shard)
            IS DISTINCT FROM (i.label_index, i.predicted_index, i.shard)
    ORDER BY 1, 2, 3, 4
$$;

-- Intervals ------------------------------------------------------------------------------------------------------

-- Half of the 95 % interval of a mean by Student's t, in the unit of what was added up; null for fewer than two. Takes the images
-- for independent draws of one population. The quantiles of 1 to 30 degrees of freedom are a table; beyond, an expansion in
-- their inverse is right to eight digits.
CREATE FUNCTION entente.half_width(total numeric, squares numeric, count numeric) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN count > 1 THEN
        -- n·Σx² − (Σx)² of whole numbers, so that no digit is lost; below 0 only where the sums are not those of one set of rows.
        sqrt(greatest(0, (count * squares - total * total) / (count * count * (count - 1)))::double precision)
        * coalesce(
            ('{12.706204736175,4.302652729749,3.182446305284,2.776445105198,2.570581835636,2.446911851145,2.364624251593,
               2.306004135204,2.262157162798,2.228138851986,2.200985160092,2.178812829667,2.160368656463,2.144786687918,
               2.13144954556,2.119905299221,2.109815577833,2.100922040241,2.093024054408,2.085963447266,2.079613844728,
               2.073873067904,2.068657610419,2.063898561628,2.059538552753,2.055529438643,2.05183051648,2.048407141795,
               2.045229642133,2.042272456301}'::double precision[])[least(count - 1, 31)::integer],
            1.959963984540054 + (2.372271230298562 + (2.8224986157396112 + (2.555849679507722 + 1.5895340533938225
                / (count - 1)::double precision) / (count - 1)::double precision) / (count - 1)::double precision)
                / (count - 1)::double precision)
        END
$$;

-- Wilson's 95 % interval of the share of `hits` in `count`; null for a share of nothing.
CREATE FUNCTION entente.share_low(hits bigint, count bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN count > 0 THEN CASE WHEN hits = 0 THEN 0 ELSE greatest(0,
        (hits + 1.920729410347062 - 1.959963984540054
            * sqrt(greatest(0, hits::double precision * (count - hits) / count) + 0.960364705173531))
        / (count + 3.841458820694124)) END END
$$;
CREATE FUNCTION entente.share_high(hits bigint, count bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 1 - entente.share_low(count - hits, count)
$$;

-- What is dropped below is created anew since a column changes its type; whoever had rights on it keeps them.
DO $$
BEGIN
    PERFORM set_config('entente.kept_rights', (
        SELECT coalesce(string_agg(format('GRANT %s ON entente.%I TO %s;', r.privilege_type, c.relname,
            CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END
                || CASE WHEN r.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), ' '), '')
        FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS r
        WHERE c.relnamespace = 'entente'::regnamespace AND r.grantee <> c.relowner
            AND c.relname IN ('analysis_summary', 'model_comparison', 'replay_class_comparison')), true);
END $$;
DROP VIEW entente.model_comparison, entente.analysis_summary, entente.replay_class_comparison;

CREATE VIEW entente.analysis_summary AS
SELECT a.analysis_id, a.name, p.part_method, e.estimator, i.images, i.labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    p.images AS part_images,
    (e.mi / p.images)::double precision / 1e9 AS mi,
    (e.auc / p.images)::double precision / 1e9 AS auc,
    (e.curve / (p.images * p.longest_curve))::double precision / 1e9 AS auc_padded,
    p.longest_curve,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts,
    entente.share_low(i.hits_at_1, i.labelled) AS top_1_low,
    entente.share_high(i.hits_at_1, i.labelled) AS top_1_high,
    entente.share_low(i.hits_at_5, i.labelled) AS top_5_low,
    entente.share_high(i.hits_at_5, i.labelled) AS top_5_high,
    (e.mi / p.images)::double precision / 1e9 - h.mi AS mi_low,
    (e.mi / p.images)::double precision / 1e9 + h.mi AS mi_high,
    (e.auc / p.images)::double precision / 1e9 - h.auc AS auc_low,
    (e.auc / p.images)::double precision / 1e9 + h.auc AS auc_high,
    (e.curve / (p.images * p.longest_curve))::double precision / 1e9 - h.curve AS auc_padded_low,
    (e.curve / (p.images * p.longest_curve))::double precision / 1e9 + h.curve AS auc_padded_high,
    (p.vision_concepts / p.images)::double precision - h.vision AS vision_concepts_low,
    (p.vision_concepts / p.images)::double precision + h.vision AS vision_concepts_high,
    (p.mutual_concepts / p.images)::double precision - h.mutual AS mutual_concepts_low,
    (p.mutual_concepts / p.images)::double precision + h.mutual AS mutual_concepts_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT sum(r.images)::bigint AS images, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
) AS i
CROSS JOIN LATERAL (
    SELECT s.*, (SELECT count(*) FROM unnest(s.curves_longer) AS u (curves) WHERE curves > 0) AS longest_curve
    FROM (
        SELECT r.part_method, sum(r.images)::bigint AS images, sum(r.vision_concepts) AS vision_concepts,
            sum(r.mutual_concepts) AS mutual_concepts, sum(r.mi_released) AS mi_released,
            sum(r.auc_released) AS auc_released, sum(r.mi_membership) AS mi_membership,
            sum(r.auc_membership) AS auc_membership, entente.sum_curves(r.curves_longer) AS curves_longer,
            entente.sum_curves(r.curve_released) AS curve_released,
            entente.sum_curves(r.curve_membership) AS curve_membership,
            sum(r.vision_concepts_squared) AS vision_concepts_squared,
            sum(r.mutual_concepts_squared) AS mutual_concepts_squared,
            sum(r.mi_released_squared) AS mi_released_squared, sum(r.auc_released_squared) AS auc_released_squared,
            sum(r.curve_released_squared) AS curve_released_squared,
            sum(r.mi_membership_squared) AS mi_membership_squared,
            sum(r.auc_membership_squared) AS auc_membership_squared,
            sum(r.curve_membership_squared) AS curve_membership_squared
        FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
        GROUP BY r.part_method
    ) AS s WHERE s.images > 0
) AS p
CROSS JOIN LATERAL (VALUES
    ('released', p.mi_released, p.auc_released, (SELECT sum(x) FROM unnest(p.curve_released) AS u (x)),
        p.mi_released_squared, p.auc_released_squared, p.curve_released_squared),
    ('membership', p.mi_membership, p.auc_membership, (SELECT sum(x) FROM unnest(p.curve_membership) AS u (x)),
        p.mi_membership_squared, p.auc_membership_squared, p.curve_membership_squared)
) AS e (estimator, mi, auc, curve, mi_squared, auc_squared, curve_squared)
CROSS JOIN LATERAL (
    SELECT entente.half_width(e.mi, e.mi_squared, p.images) / 1e9 AS mi,
        entente.half_width(e.auc, e.auc_squared, p.images) / 1e9 AS auc,
        entente.half_width(e.curve, e.curve_squared, p.images) / p.longest_curve / 1e9 AS curve,
        entente.half_width(p.vision_concepts, p.vision_concepts_squared, p.images) AS vision,
        entente.half_width(p.mutual_concepts, p.mutual_concepts_squared, p.images) AS mutual
    -- Nothing is left out: it only keeps each of them from being worked out twice.
    OFFSET 0
) AS h;

CREATE VIEW entente.model_comparison AS
SELECT a.analysis_id, a.name, a.setting_digest, a.model_weights, s.point AS part_method, s.estimator,
    max(s.images) AS images, max(s.labelled) AS labelled, max(s.top_1) AS top_1, max(s.top_5) AS top_5,
    avg(s.mi) AS mi, avg(s.auc) AS auc, avg(s.auc_padded) AS auc_padded,
    max(s.top_1_low) AS top_1_low, max(s.top_1_high) AS top_1_high,
    max(s.top_5_low) AS top_5_low, max(s.top_5_high) AS top_5_high,
    max(s.mi_low) FILTER (WHERE s.is_one) AS mi_low, max(s.mi_high) FILTER (WHERE s.is_one) AS mi_high,
    max(s.auc_low) FILTER (WHERE s.is_one) AS auc_low, max(s.auc_high) FILTER (WHERE s.is_one) AS auc_high,
    max(s.auc_padded_low) FILTER (WHERE s.is_one) AS auc_padded_low,
    max(s.auc_padded_high) FILTER (WHERE s.is_one) AS auc_padded_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT q.*, p.part_method AS point, p.is_one
    FROM entente.analysis_summary AS q
    CROSS JOIN LATERAL (VALUES (q.part_method, true), ('mean', false)) AS p (part_method, is_one)
    WHERE q.analysis_id = a.analysis_id
) AS s
GROUP BY a.analysis_id, s.point, s.estimator;

CREATE OR REPLACE VIEW entente.class_summary AS
SELECT a.analysis_id, a.name, p.class_role, p.class_index, k.class_id, k.name AS class_name, p.part_method,
    p.images::bigint AS images,
    i.labelled,
    i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    (p.vision_concepts / p.images)::double precision AS vision_concepts,
    (p.mutual_concepts / p.images)::double precision AS mutual_concepts,
    (p.mi_released / p.images)::double precision / 1e9 AS mi_released,
    (p.auc_released / p.images)::double precision / 1e9 AS auc_released,
    (p.mi_membership / p.images)::double precision / 1e9 AS mi_membership,
    (p.auc_membership / p.images)::double precision / 1e9 AS auc_membership,
    entente.share_low(i.hits_at_1, i.labelled) AS top_1_low,
    entente.share_high(i.hits_at_1, i.labelled) AS top_1_high,
    entente.share_low(i.hits_at_5, i.labelled) AS top_5_low,
    entente.share_high(i.hits_at_5, i.labelled) AS top_5_high,
    (p.vision_concepts / p.images)::double precision - h.vision AS vision_concepts_low,
    (p.vision_concepts / p.images)::double precision + h.vision AS vision_concepts_high,
    (p.mutual_concepts / p.images)::double precision - h.mutual AS mutual_concepts_low,
    (p.mutual_concepts / p.images)::double precision + h.mutual AS mutual_concepts_high,
    (p.mi_released / p.images)::double precision / 1e9 - h.mi_released AS mi_released_low,
    (p.mi_released / p.images)::double precision / 1e9 + h.mi_released AS mi_released_high,
    (p.auc_released / p.images)::double precision / 1e9 - h.auc_released AS auc_released_low,
    (p.auc_released / p.images)::double precision / 1e9 + h.auc_released AS auc_released_high,
    (p.mi_membership / p.images)::double precision / 1e9 - h.mi_membership AS mi_membership_low,
    (p.mi_membership / p.images)::double precision / 1e9 + h.mi_membership AS mi_membership_high,
    (p.auc_membership / p.images)::double precision / 1e9 - h.auc_membership AS auc_membership_low,
    (p.auc_membership / p.images)::double precision / 1e9 + h.auc_membership AS auc_membership_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, r.part_method, sum(r.images) AS images,
        sum(r.vision_concepts) AS vision_concepts, sum(r.mutual_concepts) AS mutual_concepts,
        sum(r.mi_released) AS mi_released, sum(r.auc_released) AS auc_released,
        sum(r.mi_membership) AS mi_membership, sum(r.auc_membership) AS auc_membership,
        sum(r.vision_concepts_squared) AS vision_concepts_squared,
        sum(r.mutual_concepts_squared) AS mutual_concepts_squared,
        sum(r.mi_released_squared) AS mi_released_squared, sum(r.auc_released_squared) AS auc_released_squared,
        sum(r.mi_membership_squared) AS mi_membership_squared, sum(r.auc_membership_squared) AS auc_membership_squared
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index, r.part_method HAVING sum(r.images) > 0
    UNION ALL
    SELECT 'prediction', r.predicted_index, r.part_method, sum(r.images), sum(r.vision_concepts),
        sum(r.mutual_concepts), sum(r.mi_released), sum(r.auc_released), sum(r.mi_membership), sum(r.auc_membership),
        sum(r.vision_concepts_squared), sum(r.mutual_concepts_squared), sum(r.mi_released_squared),
        sum(r.auc_released_squared), sum(r.mi_membership_squared), sum(r.auc_membership_squared)
    FROM entente.part_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index, r.part_method HAVING sum(r.images) > 0
) AS p
JOIN LATERAL (
    SELECT 'label' AS class_role, r.label_index AS class_index, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
    GROUP BY r.label_index
    UNION ALL
    SELECT 'prediction', r.predicted_index, sum(r.labelled)::bigint, sum(r.hits_at_1)::bigint,
        sum(r.hits_at_5)::bigint
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
    GROUP BY r.predicted_index
) AS i ON i.class_role = p.class_role AND i.class_index = p.class_index
CROSS JOIN LATERAL (
    SELECT entente.half_width(p.vision_concepts, p.vision_concepts_squared, p.images) AS vision,
        entente.half_width(p.mutual_concepts, p.mutual_concepts_squared, p.images) AS mutual,
        entente.half_width(p.mi_released, p.mi_released_squared, p.images) / 1e9 AS mi_released,
        entente.half_width(p.auc_released, p.auc_released_squared, p.images) / 1e9 AS auc_released,
        entente.half_width(p.mi_membership, p.mi_membership_squared, p.images) / 1e9 AS mi_membership,
        entente.half_width(p.auc_membership, p.auc_membership_squared, p.images) / 1e9 AS auc_membership
    -- As in analysis_summary.
    OFFSET 0
) AS h
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = p.class_index;

CREATE VIEW entente.replay_class_comparison AS
SELECT p.from_analysis, p.to_analysis, CASE WHEN c.is_whole THEN 'all' ELSE 'class' END AS scope, c.class_id,
    c.class_name, c.part_method, e.estimator, c.from_images, c.to_images,
    h.from_hits / nullif(h.from_labelled, 0)::double precision AS from_top_1,
    h.to_hits / nullif(h.to_labelled, 0)::double precision AS to_top_1,
    h.to_hits / nullif(h.to_labelled, 0)::double precision
        - h.from_hits / nullif(h.from_labelled, 0)::double precision AS delta_top_1,
    (e.from_mi / c.from_images)::double precision / 1e9 AS from_mi,
    (e.to_mi / c.to_images)::double precision / 1e9 AS to_mi,
    (e.to_mi / c.to_images - e.from_mi / c.from_images)::double precision / 1e9 AS delta_mi,
    (e.from_auc / c.from_images)::double precision / 1e9 AS from_auc,
    (e.to_auc / c.to_images)::double precision / 1e9 AS to_auc,
    (e.to_auc / c.to_images - e.from_auc / c.from_images)::double precision / 1e9 AS delta_auc,
    (c.from_mutual / c.from_images)::double precision AS from_mutual_concepts,
    (c.to_mutual / c.to_images)::double precision AS to_mutual_concepts,
    (c.to_mutual / c.to_images - c.from_mutual / c.from_images)::double precision AS delta_mutual_concepts,
    p.from_name, p.to_name
FROM entente.replays AS p
CROSS JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id, max(k.name) AS class_name, r.part_method,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.from_analysis), 0)::bigint AS from_images,
        nullif(sum(r.images) FILTER (WHERE r.analysis_id = p.to_analysis), 0)::bigint AS to_images,
        sum(r.mutual_concepts) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mutual,
        sum(r.mutual_concepts) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mutual,
        sum(r.mi_released) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mi_released,
        sum(r.mi_released) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mi_released,
        sum(r.auc_released) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_auc_released,
        sum(r.auc_released) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_auc_released,
        sum(r.mi_membership) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_mi_membership,
        sum(r.mi_membership) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_mi_membership,
        sum(r.auc_membership) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_auc_membership,
        sum(r.auc_membership) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_auc_membership
    FROM entente.part_rollups AS r
    LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
    WHERE r.analysis_id IN (p.from_analysis, p.to_analysis)
    GROUP BY r.label_index = -2, k.class_id, r.part_method HAVING sum(r.images) > 0
) AS c
JOIN LATERAL (
    SELECT r.label_index = -2 AS is_whole, k.class_id,
        sum(r.labelled) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_labelled,
        sum(r.labelled) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_labelled,
        sum(r.hits_at_1) FILTER (WHERE r.analysis_id = p.from_analysis) AS from_hits,
        sum(r.hits_at_1) FILTER (WHERE r.analysis_id = p.to_analysis) AS to_hits
    FROM entente.image_rollups AS r
    LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
    WHERE r.analysis_id IN (p.from_analysis, p.to_analysis)
    GROUP BY r.label_index = -2, k.class_id
) AS h ON h.is_whole = c.is_whole AND coalesce(h.class_id, '') = coalesce(c.class_id, '')
CROSS JOIN LATERAL (VALUES
    ('released', c.from_mi_released, c.to_mi_released, c.from_auc_released, c.to_auc_released),
    ('membership', c.from_mi_membership, c.to_mi_membership, c.from_auc_membership, c.to_auc_membership)
) AS e (estimator, from_mi, to_mi, from_auc, to_auc);

DO $$ BEGIN EXECUTE current_setting('entente.kept_rights'); END $$;

COMMENT ON VIEW entente.analysis_summary IS 'One row an analysis with results, part method and estimator.';
COMMENT ON COLUMN entente.analysis_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.analysis_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.analysis_summary.part_method IS 
    'pca or kmeans; behind @ the dense method whose features it groups, behind + the one that reads its parts.';
COMMENT ON COLUMN entente.analysis_summary.estimator IS 'released or membership: which mutual information mi and auc are.';
COMMENT ON COLUMN entente.analysis_summary.images IS 'Images with a result.';
COMMENT ON COLUMN entente.analysis_summary.labelled IS 'Those of them that came with a label; accuracy is over these.';
COMMENT ON COLUMN entente.analysis_summary.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.analysis_summary.top_5 IS 'Share of labelled images whose label is among the five most similar.';
COMMENT ON COLUMN entente.analysis_summary.part_images IS 'Images with a result of this part method; the means are over these.';
COMMENT ON COLUMN entente.analysis_summary.mi IS 'Mean mutual information, nats.';
COMMENT ON COLUMN entente.analysis_summary.auc IS 'Mean of the images'' own AUCs, nats.';
COMMENT ON COLUMN entente.analysis_summary.auc_padded IS
    'Mean of the mean curve, each curve padded with zeros to the longest: the dataset AUC of the paper, nats.';
COMMENT ON COLUMN entente.analysis_summary.longest_curve IS 'Points of the longest curve.';
COMMENT ON COLUMN entente.analysis_summary.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.analysis_summary.mutual_concepts IS 'Mean number of mutual concepts an image.';
COMMENT ON VIEW entente.model_comparison IS
    'Agreement against accuracy, one point a model: compare rows of one setting_digest, part method and estimator.';
COMMENT ON COLUMN entente.model_comparison.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.model_comparison.name IS 'Its latest name.';
COMMENT ON COLUMN entente.model_comparison.setting_digest IS 'Equal for analyses that differ in nothing but the model.';
COMMENT ON COLUMN entente.model_comparison.model_weights IS 'SHA-256 of the model''s weights.';
COMMENT ON COLUMN entente.model_comparison.part_method IS 'pca, kmeans, or mean: the mean over the analysis''s part methods.';
COMMENT ON COLUMN entente.model_comparison.estimator IS 'released or membership.';
COMMENT ON COLUMN entente.model_comparison.images IS 'Images with a result.';
COMMENT ON COLUMN entente.model_comparison.labelled IS 'Those with a label.';
COMMENT ON COLUMN entente.model_comparison.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.model_comparison.top_5 IS 'Share of labelled images whose label is among the five most similar.';
COMMENT ON COLUMN entente.model_comparison.mi IS 'Mean mutual information, nats.';
COMMENT ON COLUMN entente.model_comparison.auc IS 'Mean of the images'' own AUCs, nats.';
COMMENT ON COLUMN entente.model_comparison.auc_padded IS 'Mean of the zero-padded mean curve, nats.';
COMMENT ON VIEW entente.replay_class_comparison IS
    'A replay''s two analyses side by side, out of roll-ups: each mean is over all images its own analysis has, where '
    'replay_comparison looks at the images that both have.';
COMMENT ON COLUMN entente.replay_class_comparison.from_analysis IS 'The analysis whose images were sent again.';
COMMENT ON COLUMN entente.replay_class_comparison.to_analysis IS 'The analysis they were sent under.';
COMMENT ON COLUMN entente.replay_class_comparison.scope IS
    'all: every image, class_id is null; class: those with the label class_id, null for those without a label.';
COMMENT ON COLUMN entente.replay_class_comparison.class_id IS
    'Id of the label''s class, by which classes are compared.';
COMMENT ON COLUMN entente.replay_class_comparison.class_name IS 'Its name; where the two differ, the last in order.';
COMMENT ON COLUMN entente.replay_class_comparison.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.replay_class_comparison.estimator IS
    'released or membership: which mutual information the means are of; counts and accuracy are the same for both.';
COMMENT ON COLUMN entente.replay_class_comparison.from_images IS 'Images of from_analysis; null without any.';
COMMENT ON COLUMN entente.replay_class_comparison.to_images IS 'Images of to_analysis; null without any.';
COMMENT ON COLUMN entente.replay_class_comparison.from_top_1 IS
    'Share of from_analysis''s labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.replay_class_comparison.to_top_1 IS 'The same of to_analysis.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_top_1 IS 'to_top_1 - from_top_1.';
COMMENT ON COLUMN entente.replay_class_comparison.from_mi IS 'Mean mutual information before, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.to_mi IS 'Mean mutual information now, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_mi IS 'to_mi - from_mi.';
COMMENT ON COLUMN entente.replay_class_comparison.from_auc IS 'Mean of the images'' own AUCs before, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.to_auc IS 'Mean of the images'' own AUCs now, nats.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_auc IS 'to_auc - from_auc.';
COMMENT ON COLUMN entente.replay_class_comparison.from_mutual_concepts IS 'Mean number of mutual concepts before.';
COMMENT ON COLUMN entente.replay_class_comparison.to_mutual_concepts IS 'Mean number of mutual concepts now.';
COMMENT ON COLUMN entente.replay_class_comparison.delta_mutual_concepts IS
    'to_mutual_concepts - from_mutual_concepts.';
COMMENT ON COLUMN entente.replay_class_comparison.from_name IS 'Latest name of from_analysis.';
COMMENT ON COLUMN entente.replay_class_comparison.to_name IS 'Latest name of to_analysis.';

-- As before, and a filter by the class's name reaches the rows below the ranking.
CREATE OR REPLACE VIEW entente.class_concept_ranking AS
SELECT a.analysis_id, a.name, c.class_role, c.class_index, c.class_id, c.class_name, c.part_method, c.rank,
    c.descriptor_index, d.descriptor, c.mutual_images, c.vision_images
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.*, rank() OVER (PARTITION BY s.class_role, s.class_index, s.class_id, s.class_name, s.part_method
        ORDER BY s.mutual_images DESC) AS rank
    FROM (
        SELECT 'label' AS class_role, r.label_index AS class_index, k.class_id, k.name AS class_name, r.part_method,
            r.descriptor_index, sum(r.mutual_images)::bigint AS mutual_images,
            sum(r.vision_images)::bigint AS vision_images
        FROM entente.concept_rollups AS r
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.label_index
        WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0
        GROUP BY r.label_index, k.class_id, k.name, r.part_method, r.descriptor_index
        HAVING sum(r.vision_images) > 0
        UNION ALL
        SELECT 'prediction', r.predicted_index, k.class_id, k.name, r.part_method, r.descriptor_index,
            sum(r.mutual_images)::bigint, sum(r.vision_images)::bigint
        FROM entente.concept_rollups AS r
        LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
        WHERE r.analysis_id = a.analysis_id AND r.label_index > -2
        GROUP BY r.predicted_index, k.class_id, k.name, r.part_method, r.descriptor_index
        HAVING sum(r.vision_images) > 0
    ) AS s
) AS c
LEFT JOIN entente.descriptors AS d ON d.analysis_id = a.analysis_id AND d.descriptor_index = c.descriptor_index;

-- Text beside arrays, for clients that know none ------------------------------------------------------------------

CREATE OR REPLACE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at,
    (SELECT avg(c.relevance::double precision)::real FROM unnest(p.vision_relevances) AS c (relevance)) AS mean_relevance,
    array_to_string(p.flags, ', ') AS flags_text
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON COLUMN entente.image_scores.flags_text IS 'flags, with commas between.';

CREATE OR REPLACE VIEW entente.image_concepts AS
SELECT p.analysis_id, p.image_id, p.part_method, (c.place - 1)::integer AS rank, c.descriptor_index, d.descriptor,
    c.relevance, ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1) AS parts, c.mutual,
    array_to_string(ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1), ', ') AS parts_text
FROM entente.part_results AS p
CROSS JOIN LATERAL unnest(p.vision_descriptors, p.vision_relevances, p.vision_parts, p.vision_mutual)
    WITH ORDINALITY AS c (descriptor_index, relevance, parts, mutual, place)
LEFT JOIN entente.descriptors AS d ON d.analysis_id = p.analysis_id AND d.descriptor_index = c.descriptor_index;
COMMENT ON COLUMN entente.image_concepts.parts_text IS 'parts, with commas between.';

CREATE OR REPLACE VIEW entente.replay_image_comparison AS
SELECT p.from_analysis, p.to_analysis, c.*, array_to_string(c.concepts_gained, ', ') AS concepts_gained_text,
    array_to_string(c.concepts_lost, ', ') AS concepts_lost_text
FROM (
    SELECT DISTINCT s.replayed_from AS from_analysis, s.analysis_id AS to_analysis
    FROM entente.submissions AS s WHERE s.replayed_from <> s.analysis_id
) AS p
CROSS JOIN LATERAL entente.compare_images(p.from_analysis, p.to_analysis) AS c;

-- As before; plain joins still, so that concepts are compared for the rows that are shown.
CREATE OR REPLACE VIEW entente.replay_image_changes AS
SELECT c.*, array_to_string(c.concepts_gained, ', ') AS concepts_gained_text,
    array_to_string(c.concepts_lost, ', ') AS concepts_lost_text
FROM (
    SELECT p.from_analysis, p.to_analysis, t.image_id, t.part_method, tl.class_id AS label, fp.class_id AS from_predicted,
        tp.class_id AS to_predicted, fp.class_id <> tp.class_id AS flipped, g.hit_at_1 AS from_hit, u.hit_at_1 AS to_hit,
        (t.mi_released - f.mi_released) / 1e9::double precision AS delta_mi_released,
        (t.auc_released - f.auc_released) / 1e9::double precision AS delta_auc_released,
        (t.mi_membership - f.mi_membership) / 1e9::double precision AS delta_mi_membership,
        (t.auc_membership - f.auc_membership) / 1e9::double precision AS delta_auc_membership,
        ARRAY(
            SELECT d.descriptor
            FROM unnest(t.vision_descriptors, t.vision_mutual) WITH ORDINALITY AS c (place, mutual, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = t.analysis_id AND d.descriptor_index = c.place
            WHERE c.mutual AND d.descriptor NOT IN (
                SELECT e.descriptor FROM unnest(f.vision_descriptors, f.vision_mutual) AS o (place, mutual)
                JOIN entente.descriptors AS e ON e.analysis_id = f.analysis_id AND e.descriptor_index = o.place
                WHERE o.mutual)
            ORDER BY c.rank) AS concepts_gained,
        ARRAY(
            SELECT d.descriptor
            FROM unnest(f.vision_descriptors, f.vision_mutual) WITH ORDINALITY AS c (place, mutual, rank)
            JOIN entente.descriptors AS d ON d.analysis_id = f.analysis_id AND d.descriptor_index = c.place
            WHERE c.mutual AND d.descriptor NOT IN (
                SELECT e.descriptor FROM unnest(t.vision_descriptors, t.vision_mutual) AS o (place, mutual)
                JOIN entente.descriptors AS e ON e.analysis_id = t.analysis_id AND e.descriptor_index = o.place
                WHERE o.mutual)
            ORDER BY c.rank) AS concepts_lost
    FROM entente.replays AS p
    JOIN entente.image_results AS u ON u.analysis_id = p.to_analysis
    JOIN entente.part_results AS t ON t.analysis_id = u.analysis_id AND t.image_id = u.image_id
    JOIN entente.part_results AS f
        ON f.analysis_id = p.from_analysis AND f.image_id = t.image_id AND f.part_method = t.part_method
    JOIN entente.image_results AS g ON g.analysis_id = f.analysis_id AND g.image_id = f.image_id
    LEFT JOIN entente.classes AS tl ON tl.analysis_id = u.analysis_id AND tl.class_index = u.label_index
    LEFT JOIN entente.classes AS tp ON tp.analysis_id = u.analysis_id AND tp.class_index = u.predicted_index
    LEFT JOIN entente.classes AS fp ON fp.analysis_id = g.analysis_id AND fp.class_index = g.predicted_index
) AS c;
COMMENT ON COLUMN entente.replay_image_comparison.concepts_gained_text IS 'concepts_gained, with commas between.';
COMMENT ON COLUMN entente.replay_image_comparison.concepts_lost_text IS 'concepts_lost, with commas between.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_gained_text IS 'concepts_gained, with commas between.';
COMMENT ON COLUMN entente.replay_image_changes.concepts_lost_text IS 'concepts_lost, with commas between.';

-- One flat row a mutual concept -----------------------------------------------------------------------------------

CREATE VIEW entente.mutual_concepts AS
SELECT a.analysis_id, a.name, p.image_id, p.part_method, k.class_id AS predicted, k.name AS predicted_name,
    l.class_id AS label, l.name AS label_name, c.place AS rank, d.descriptor, c.relevance, t.parts,
    array_to_string(t.parts, ', ') AS parts_text
FROM entente.analyses AS a
JOIN entente.part_results AS p ON p.analysis_id = a.analysis_id
LEFT JOIN entente.classes AS k ON k.analysis_id = p.analysis_id AND k.class_index = p.predicted_index
LEFT JOIN entente.classes AS l ON l.analysis_id = p.analysis_id AND l.class_index = p.label_index
CROSS JOIN LATERAL unnest(p.vision_descriptors, p.vision_relevances, p.vision_parts, p.vision_mutual)
    WITH ORDINALITY AS c (descriptor_index, relevance, parts, mutual, place)
CROSS JOIN LATERAL (
    SELECT ARRAY(SELECT b FROM generate_series(0, 62) AS b WHERE c.parts >> b & 1 = 1) AS parts
) AS t
JOIN entente.descriptors AS d ON d.analysis_id = p.analysis_id AND d.descriptor_index = c.descriptor_index
WHERE c.mutual;
COMMENT ON VIEW entente.mutual_concepts IS
    'What both encoders name, one row an image, part method and descriptor; filter by analysis_id or name, and by image_id.';
COMMENT ON COLUMN entente.mutual_concepts.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.mutual_concepts.name IS 'Its latest name.';
COMMENT ON COLUMN entente.mutual_concepts.image_id IS 'The image.';
COMMENT ON COLUMN entente.mutual_concepts.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.mutual_concepts.predicted IS 'Class id of the prediction.';
COMMENT ON COLUMN entente.mutual_concepts.predicted_name IS 'The predicted class''s name, as the text encoder reads it.';
COMMENT ON COLUMN entente.mutual_concepts.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.mutual_concepts.label_name IS 'The label''s class''s name.';
COMMENT ON COLUMN entente.mutual_concepts.rank IS
    '1 for the image''s most relevant vision concept; those that are not mutual have a rank too.';
COMMENT ON COLUMN entente.mutual_concepts.descriptor IS 'The descriptor.';
COMMENT ON COLUMN entente.mutual_concepts.relevance IS '2.5 × cosine of image and descriptor.';
COMMENT ON COLUMN entente.mutual_concepts.parts IS 'The parts that picked it.';
COMMENT ON COLUMN entente.mutual_concepts.parts_text IS 'parts, with commas between.';

-- Every interval is of 95 %, and takes images for independent draws of one population: images of a group, which are decomposed
-- together, are not quite that.
DO $$
DECLARE
    bound record;
BEGIN
    FOR bound IN
        SELECT c.oid::regclass AS view, a.attname AS name, m[1] AS of_what, m[2] = 'low' AS is_low,
            m[1] ~ '^top_' AS is_share, c.relname = 'model_comparison' AND m[1] !~ '^top_' AS has_none
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        CROSS JOIN LATERAL regexp_match(a.attname, '^(.*)_(low|high)$') AS m
        WHERE c.relnamespace = 'entente'::regnamespace
            AND c.relname IN ('analysis_summary', 'class_summary', 'model_comparison') AND m IS NOT NULL
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', bound.view, bound.name, format(
            '%s end of the 95 %% interval of %s, %s%s.', CASE WHEN bound.is_low THEN 'Lower' ELSE 'Upper' END,
            bound.of_what,
            CASE WHEN bound.is_share THEN 'Wilson''s; null without a label'
                ELSE 'Student''s, of images as independent draws; null of fewer than two' END,
            CASE WHEN bound.has_none THEN ' and for the part method mean' ELSE '' END));
    END LOOP;
END $$;

"""###),
        Migration(
            file: "0019_probabilities.sql",
            sql: ###"""
-- oldest worker: 10
--
-- What a model with a sigmoid score says of each of the best classes by itself, beside its cosine. Models with a softmax have no such
-- number, and neither do rows that were written before.

ALTER TABLE entente.image_results
    ADD top_probabilities real[],
    -- Not looked for in the rows that are there, all of which have null.
    ADD CONSTRAINT image_results_top_probabilities_check
        CHECK (cardinality(top_probabilities) = cardinality(top_classes)) NOT VALID;
COMMENT ON COLUMN entente.image_results.top_probabilities IS
    'Of each of top_classes the sigmoid of scale × cosine + bias; null of models with a softmax, and in rows of older builds.';

-- A worker that knows nothing of them may write a row anew: what stood there is of another picture then.
CREATE FUNCTION entente.forget_probabilities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.top_probabilities := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER forget_probabilities BEFORE UPDATE ON entente.image_results FOR EACH ROW
    WHEN (NEW.top_probabilities IS NOT DISTINCT FROM OLD.top_probabilities AND OLD.top_probabilities IS NOT NULL
        AND (NEW.top_classes, NEW.top_similarities) IS DISTINCT FROM (OLD.top_classes, OLD.top_similarities))
    EXECUTE FUNCTION entente.forget_probabilities();

-- As before, and the prediction's probability.
CREATE OR REPLACE VIEW entente.image_scores AS
SELECT r.analysis_id, r.image_id, p.part_method, l.class_id AS label, k.class_id AS predicted,
    r.top_similarities[1] AS similarity, r.hit_at_1, r.hit_at_5, p.vision_count, p.language_count, p.overlap,
    p.mi_released / 1e9::double precision AS mi_released, p.auc_released / 1e9::double precision AS auc_released,
    p.mi_membership / 1e9::double precision AS mi_membership,
    p.auc_membership / 1e9::double precision AS auc_membership, p.nmi_max, p.ami, p.p_value, p.flags,
    r.group_name, s.submission_id, r.worker, r.kernel_set, r.written_at,
    (SELECT avg(c.relevance::double precision)::real FROM unnest(p.vision_relevances) AS c (relevance)) AS mean_relevance,
    array_to_string(p.flags, ', ') AS flags_text, r.top_probabilities[1] AS probability
FROM entente.image_results AS r
JOIN entente.part_results AS p USING (analysis_id, image_id)
LEFT JOIN entente.classes AS l ON l.analysis_id = r.analysis_id AND l.class_index = r.label_index
LEFT JOIN entente.classes AS k ON k.analysis_id = r.analysis_id AND k.class_index = r.predicted_index
LEFT JOIN entente.submissions AS s ON s.sequence = r.submission;
COMMENT ON COLUMN entente.image_scores.similarity IS
    'Of image and predicted class: their cosine, or the mean of its descriptors'' cosines where these tell the classes.';
COMMENT ON COLUMN entente.image_scores.probability IS
    'Of the predicted class by itself, from a model with a sigmoid score; those of several classes do not sum to 1. Null of others.';

"""###),
        Migration(
            file: "0020_judged.sql",
            sql: ###"""
-- oldest worker: 10
--
-- How explanations were judged, for analyses that ask for it: the model's answers while regions are taken away or put back, and to the
-- foreground alone. Rows and roll-ups of whole numbers as of everything else.

CREATE TABLE entente.judged_results (
    analysis_id text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    variant text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    label_index integer,
    shard smallint NOT NULL,
    draws integer NOT NULL CHECK (draws > 0),
    points bigint[] NOT NULL CHECK (cardinality(points) > 0),
    amount bigint NOT NULL,
    difference bigint,
    PRIMARY KEY (analysis_id, image_id, subject, variant, metric),
    FOREIGN KEY (analysis_id, image_id) REFERENCES entente.image_results ON DELETE CASCADE
);
COMMENT ON TABLE entente.judged_results IS
    'One row an analysis, image, explainer, order of its regions, and metric; and one a stage of the foreground and metric.';
COMMENT ON COLUMN entente.judged_results.subject IS 'What is judged: a part method, or foreground.';
COMMENT ON COLUMN entente.judged_results.variant IS
    'importance, or a null beside it: random_order, random_regions; of the foreground nearest, component, crf.';
COMMENT ON COLUMN entente.judged_results.metric IS
    'deletion, insertion, acc_drop, acc_inc; of the foreground score, agreement, top_1. Without a label there is no acc_drop, '
    'acc_inc and top_1.';
COMMENT ON COLUMN entente.judged_results.label_index IS 'This and shard repeat the image''s row.';
COMMENT ON COLUMN entente.judged_results.draws IS 'Random draws that points are summed over.';
COMMENT ON COLUMN entente.judged_results.points IS
    'After 0, 1, … steps: of deletion, insertion and score billionths of a score, else right answers. One point of the foreground''s.';
COMMENT ON COLUMN entente.judged_results.amount IS 'Twice the area at steps of 1, by trapezoids; of a single point the point.';
COMMENT ON COLUMN entente.judged_results.difference IS
    'What it is compared with less this, in units of amount: the curve by importance, or the whole picture; null without.';

CREATE TABLE entente.judged_rollups (
    analysis_id text COLLATE "C" NOT NULL,
    label_index integer NOT NULL,
    subject text COLLATE "C" NOT NULL,
    variant text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    shard smallint NOT NULL,
    images bigint NOT NULL,
    draws bigint NOT NULL,
    points bigint[] NOT NULL,
    amount bigint NOT NULL,
    amount_squared numeric NOT NULL,
    compared bigint NOT NULL,
    difference bigint NOT NULL,
    difference_squared numeric NOT NULL,
    PRIMARY KEY (analysis_id, label_index, subject, variant, metric, shard)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON COLUMN entente.judged_rollups.label_index IS '-1: images without a label; -2: all images.';
COMMENT ON COLUMN entente.judged_rollups.compared IS 'Images with a difference.';

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON entente.judged_results EXECUTE FUNCTION entente.refuse_truncate();

-- An image's new label or shard reaches its rows; without a label nothing is right or wrong.
-- Without scans, as carry_to_parts: a session may keep a plan that it made while the table was nearly empty.
CREATE FUNCTION entente.carry_to_judged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM entente.judged_results AS j USING new_rows AS n
    WHERE j.analysis_id = n.analysis_id AND j.image_id = n.image_id AND n.label_index IS NULL
        AND j.metric IN ('acc_drop', 'acc_inc', 'top_1');
    UPDATE entente.judged_results AS j SET label_index = n.label_index, shard = n.shard
    FROM new_rows AS n
    WHERE j.analysis_id = n.analysis_id AND j.image_id = n.image_id
        AND (j.label_index, j.shard) IS DISTINCT FROM (n.label_index, n.shard);
    RETURN NULL;
END $$;
CREATE TRIGGER c_carry_to_judged AFTER UPDATE ON entente.image_results REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION entente.carry_to_judged();

-- One definition of each sum for the triggers and for the recomputation, as in 0004.
CREATE FUNCTION entente.judged_delta_sql(source text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format($f$
        SELECT analysis_id, coalesce(label, -2) AS label_index, subject, variant, metric, shard,
            sum(sign)::bigint AS images, sum(sign * draws::bigint)::bigint AS draws,
            entente.sum_curves(CASE WHEN sign = 1 THEN points ELSE entente.negated_curve(points) END) AS points,
            sum(sign * amount)::bigint AS amount, sum(sign * amount::numeric * amount) AS amount_squared,
            sum(CASE WHEN difference IS NULL THEN 0 ELSE sign END)::bigint AS compared,
            coalesce(sum(sign * difference), 0)::bigint AS difference,
            coalesce(sum(sign * difference::numeric * difference), 0) AS difference_squared
        FROM (SELECT *, coalesce(label_index, -1) AS label FROM (%s) AS signed) AS changed
        GROUP BY GROUPING SETS (
            (analysis_id, label, subject, variant, metric, shard), (analysis_id, subject, variant, metric, shard))
        ORDER BY 1, 2, 3, 4, 5, 6
    $f$, source)
$$;

DO $migration$
DECLARE
    event text;
    source text;
    referencing text;
BEGIN
    FOR event, source, referencing IN VALUES
        ('insert', 'SELECT 1 AS sign, n.* FROM new_rows AS n', 'NEW TABLE AS new_rows'),
        ('delete', 'SELECT -1 AS sign, o.* FROM old_rows AS o', 'OLD TABLE AS old_rows'),
        ('update', 'SELECT 1 AS sign, n.* FROM new_rows AS n UNION ALL SELECT -1, o.* FROM old_rows AS o',
            'OLD TABLE AS old_rows NEW TABLE AS new_rows')
    LOOP
        EXECUTE format($f$
            CREATE FUNCTION entente.roll_up_judged_on_%1$s() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            BEGIN
                INSERT INTO entente.judged_rollups AS r %2$s
                ON CONFLICT (analysis_id, label_index, subject, variant, metric, shard) DO UPDATE SET
                    images = r.images + excluded.images, draws = r.draws + excluded.draws,
                    points = entente.add_curves(r.points, excluded.points), amount = r.amount + excluded.amount,
                    amount_squared = r.amount_squared + excluded.amount_squared,
                    compared = r.compared + excluded.compared, difference = r.difference + excluded.difference,
                    difference_squared = r.difference_squared + excluded.difference_squared;
                RETURN NULL;
            END $body$
        $f$, event, entente.judged_delta_sql(source));
        EXECUTE format(
            'CREATE TRIGGER b_roll_up_judged_on_%1$s AFTER %1$s ON entente.judged_results REFERENCING %2$s '
            'FOR EACH STATEMENT EXECUTE FUNCTION entente.roll_up_judged_on_%1$s()', event, referencing);
    END LOOP;
    -- Label and shard as the image's row has them.
    EXECUTE format('CREATE FUNCTION entente.recomputed_judged_rollups(of_analysis text) '
        'RETURNS SETOF entente.judged_rollups LANGUAGE sql STABLE AS $body$ %s $body$',
        entente.judged_delta_sql('SELECT 1 AS sign, i.label_index, i.shard, j.analysis_id, j.subject, j.variant, '
            'j.metric, j.draws, j.points, j.amount, j.difference '
            'FROM entente.judged_results AS j JOIN entente.image_results AS i USING (analysis_id, image_id) '
            'WHERE $1 IS NULL OR j.analysis_id = $1'));
END $migration$;
DROP FUNCTION entente.judged_delta_sql(text);

CREATE FUNCTION entente.judged_rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    WITH cells AS (
        SELECT r.kept, r.analysis_id,
            format('label %s, %s, %s, %s', r.label_index, r.subject, r.variant, r.metric) AS cell,
            jsonb_build_object('images', sum(images), 'draws', sum(draws),
                'points', entente.without_trailing_zeros(entente.sum_curves(points)), 'amount', sum(amount),
                'amount_squared', sum(amount_squared), 'compared', sum(compared), 'difference', sum(difference),
                'difference_squared', sum(difference_squared)) AS sums
        FROM (SELECT true AS kept, * FROM entente.judged_rollups
            UNION ALL SELECT false, * FROM entente.recomputed_judged_rollups(of_analysis)) AS r
        WHERE of_analysis IS NULL OR r.analysis_id = of_analysis
        GROUP BY r.kept, r.analysis_id, r.label_index, r.subject, r.variant, r.metric
    )
    SELECT 'judged_rollups', p.analysis_id, p.cell, q.quantity, coalesce(p.stored ->> q.quantity, '0'),
        coalesce(p.recomputed ->> q.quantity, '0')
    FROM (SELECT analysis_id, cell, (array_agg(sums) FILTER (WHERE kept))[1] AS stored,
            (array_agg(sums) FILTER (WHERE NOT kept))[1] AS recomputed
        FROM cells GROUP BY analysis_id, cell) AS p
    CROSS JOIN LATERAL jsonb_object_keys(coalesce(p.stored, p.recomputed)) AS q (quantity)
    -- A cell that was emptied keeps its zeros.
    WHERE coalesce(nullif(p.stored ->> q.quantity, '[]'), '0')
        <> coalesce(nullif(p.recomputed ->> q.quantity, '[]'), '0')
    UNION ALL
    -- What is kept beside the points: without it sums would be true, and wrong.
    SELECT 'judged_results', j.analysis_id, format('image %s, %s, %s, %s', j.image_id, j.subject, j.variant, j.metric),
        'label and shard', format('%s, %s', j.label_index, j.shard), format('%s, %s', i.label_index, i.shard)
    FROM entente.judged_results AS j JOIN entente.image_results AS i USING (analysis_id, image_id)
    WHERE (of_analysis IS NULL OR j.analysis_id = of_analysis)
        AND (j.label_index, j.shard) IS DISTINCT FROM (i.label_index, i.shard)
    UNION ALL
    SELECT 'judged_results', j.analysis_id, format('image %s, %s, %s, %s', j.image_id, j.subject, j.variant, j.metric),
        'amount', j.amount::text, t.amount::text
    FROM entente.judged_results AS j
    CROSS JOIN LATERAL (
        SELECT CASE WHEN cardinality(j.points) = 1 THEN j.points[1]
            ELSE 2 * sum(x) - j.points[1] - j.points[cardinality(j.points)] END::bigint AS amount
        FROM unnest(j.points) AS u (x)
    ) AS t
    WHERE (of_analysis IS NULL OR j.analysis_id = of_analysis) AND j.amount <> t.amount
$$;

-- As before, and the new roll-up.
ALTER FUNCTION entente.rollup_differences(text) RENAME TO throughput_rollup_differences;
CREATE FUNCTION entente.rollup_differences(of_analysis text DEFAULT NULL)
RETURNS TABLE (rollup text, analysis_id text, cell text, quantity text, stored text, recomputed text)
LANGUAGE sql STABLE AS $$
    SELECT * FROM entente.throughput_rollup_differences(of_analysis)
    UNION ALL
    SELECT * FROM entente.judged_rollup_differences(of_analysis)
    ORDER BY 1, 2, 3, 4
$$;

-- Views ----------------------------------------------------------------------------------------------------------

-- What one of a metric's points, or of its areas, is made of.
CREATE FUNCTION entente.judged_unit(metric text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN metric IN ('deletion', 'insertion', 'score') THEN 1e9 ELSE 1 END::double precision
$$;

CREATE VIEW entente.image_judgements AS
SELECT v.*, array_to_string(v.curve, ', ') AS curve_text FROM (
    SELECT j.analysis_id, j.image_id, j.subject, j.variant, j.metric, l.class_id AS label, j.draws,
        ARRAY(SELECT x / (j.draws * entente.judged_unit(j.metric)) FROM unnest(j.points) WITH ORDINALITY AS u (x, place)
            ORDER BY place) AS curve,
        j.amount / (g.doubled * j.draws * entente.judged_unit(j.metric)) AS area,
        j.amount / (g.doubled * j.draws * entente.judged_unit(j.metric)) / nullif(g.steps, 0) AS step_mean,
        j.difference / (g.doubled * j.draws * entente.judged_unit(j.metric)) AS difference
    FROM entente.judged_results AS j
    CROSS JOIN LATERAL (
        SELECT cardinality(j.points) - 1 AS steps, CASE WHEN cardinality(j.points) > 1 THEN 2 ELSE 1 END AS doubled
    ) AS g
    LEFT JOIN entente.classes AS l ON l.analysis_id = j.analysis_id AND l.class_index = j.label_index
) AS v;

CREATE VIEW entente.class_faithfulness AS
SELECT a.analysis_id, a.name, s.label_index AS class_index, k.class_id, k.name AS class_name, s.subject AS part_method,
    s.variant, s.metric, s.images, s.area, s.area - s.half AS area_low, s.area + s.half AS area_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT r.label_index, r.subject, r.variant, r.metric, sum(r.images)::bigint AS images,
        sum(r.amount)::double precision / (2 * sum(r.draws)::double precision * entente.judged_unit(r.metric)) AS area,
        entente.half_width(sum(r.amount), sum(r.amount_squared), sum(r.images)) * sum(r.images)::double precision
            / (2 * sum(r.draws)::double precision * entente.judged_unit(r.metric)) AS half
    FROM entente.judged_rollups AS r
    WHERE r.analysis_id = a.analysis_id AND r.label_index >= 0 AND r.subject <> 'foreground'
    GROUP BY r.label_index, r.subject, r.variant, r.metric HAVING sum(r.images) > 0
) AS s
LEFT JOIN entente.classes AS k ON k.analysis_id = a.analysis_id AND k.class_index = s.label_index;

CREATE VIEW entente.faithfulness_summary AS
SELECT a.analysis_id, a.name, p.*, array_to_string(p.curve, ', ') AS curve_text
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT s.subject AS part_method, s.metric, max(s.images) FILTER (WHERE s.is_own) AS images,
        max(s.steps) FILTER (WHERE s.is_own) AS steps,
        max(s.area) FILTER (WHERE s.is_own) AS area, max(s.area - s.half) FILTER (WHERE s.is_own) AS area_low,
        max(s.area + s.half) FILTER (WHERE s.is_own) AS area_high,
        max(s.area / s.steps) FILTER (WHERE s.is_own) AS step_mean,
        max((s.area - s.half) / s.steps) FILTER (WHERE s.is_own) AS step_mean_low,
        max((s.area + s.half) / s.steps) FILTER (WHERE s.is_own) AS step_mean_high,
        max(s.curve) FILTER (WHERE s.is_own) AS curve,
        max(s.area) FILTER (WHERE s.variant = 'random_order') AS random_order_area,
        max(s.area - s.half) FILTER (WHERE s.variant = 'random_order') AS random_order_area_low,
        max(s.area + s.half) FILTER (WHERE s.variant = 'random_order') AS random_order_area_high,
        max(s.difference) FILTER (WHERE s.variant = 'random_order') AS over_random_order,
        max(s.difference - s.difference_half) FILTER (WHERE s.variant = 'random_order') AS over_random_order_low,
        max(s.difference + s.difference_half) FILTER (WHERE s.variant = 'random_order') AS over_random_order_high,
        max(s.area) FILTER (WHERE s.variant = 'random_regions') AS random_regions_area,
        max(s.area - s.half) FILTER (WHERE s.variant = 'random_regions') AS random_regions_area_low,
        max(s.area + s.half) FILTER (WHERE s.variant = 'random_regions') AS random_regions_area_high,
        max(s.difference) FILTER (WHERE s.variant = 'random_regions') AS over_random_regions,
        max(s.difference - s.difference_half) FILTER (WHERE s.variant = 'random_regions') AS over_random_regions_low,
        max(s.difference + s.difference_half) FILTER (WHERE s.variant = 'random_regions') AS over_random_regions_high
    FROM (
        SELECT t.subject, t.variant, t.metric, t.variant = 'importance' AS is_own, t.images::bigint AS images,
            cardinality(t.points) - 1 AS steps, t.amount::double precision / t.images::double precision / t.unit AS area,
            entente.half_width(t.amount, t.amount_squared, t.images) / t.unit AS half,
            t.difference::double precision / nullif(t.compared, 0)::double precision / t.unit AS difference,
            entente.half_width(t.difference, t.difference_squared, t.compared) / t.unit AS difference_half,
            ARRAY(SELECT 2 * x / t.images / t.unit FROM unnest(t.points) WITH ORDINALITY AS u (x, place)
                ORDER BY place) AS curve
        FROM (
            SELECT r.subject, r.variant, r.metric, sum(r.images) AS images, entente.sum_curves(r.points) AS points,
                sum(r.amount) AS amount, sum(r.amount_squared) AS amount_squared, sum(r.compared) AS compared,
                sum(r.difference) AS difference, sum(r.difference_squared) AS difference_squared,
                -- An image's amounts in one area: twice, for every draw.
                2 * (sum(r.draws) / nullif(sum(r.images), 0))::double precision * entente.judged_unit(r.metric) AS unit
            FROM entente.judged_rollups AS r
            WHERE r.analysis_id = a.analysis_id AND r.label_index = -2 AND r.subject <> 'foreground'
            GROUP BY r.subject, r.variant, r.metric
        ) AS t WHERE t.images > 0
    ) AS s GROUP BY s.subject, s.metric
) AS p;

CREATE VIEW entente.foreground_summary AS
SELECT a.analysis_id, a.name, p.*
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT t.variant AS stage, t.images, t.score / t.images / 1e9::double precision AS score,
        t.score / t.images / 1e9::double precision - h.score AS score_low,
        t.score / t.images / 1e9::double precision + h.score AS score_high,
        t.agreement / t.images::double precision AS agreement,
        entente.share_low(t.agreement, t.images) AS agreement_low,
        entente.share_high(t.agreement, t.images) AS agreement_high, t.labelled,
        t.hits / nullif(t.labelled, 0)::double precision AS top_1, entente.share_low(t.hits, t.labelled) AS top_1_low,
        entente.share_high(t.hits, t.labelled) AS top_1_high,
        (t.hits + t.lost) / nullif(t.labelled, 0)::double precision AS whole_top_1,
        entente.share_low(t.hits + t.lost, t.labelled) AS whole_top_1_low,
        entente.share_high(t.hits + t.lost, t.labelled) AS whole_top_1_high,
        t.lost / nullif(t.labelled, 0)::double precision AS lost,
        t.lost / nullif(t.labelled, 0)::double precision - h.lost AS lost_low,
        t.lost / nullif(t.labelled, 0)::double precision + h.lost AS lost_high
    FROM (
        SELECT r.variant, sum(r.images) FILTER (WHERE r.metric = 'score')::bigint AS images,
            sum(r.amount) FILTER (WHERE r.metric = 'score')::double precision AS score,
            sum(r.amount) FILTER (WHERE r.metric = 'score') AS score_sum,
            sum(r.amount_squared) FILTER (WHERE r.metric = 'score') AS score_squared,
            sum(r.amount) FILTER (WHERE r.metric = 'agreement')::bigint AS agreement,
            sum(r.images) FILTER (WHERE r.metric = 'top_1')::bigint AS labelled,
            sum(r.amount) FILTER (WHERE r.metric = 'top_1')::bigint AS hits,
            sum(r.difference) FILTER (WHERE r.metric = 'top_1')::bigint AS lost,
            sum(r.difference_squared) FILTER (WHERE r.metric = 'top_1') AS lost_squared
        FROM entente.judged_rollups AS r
        WHERE r.analysis_id = a.analysis_id AND r.label_index = -2 AND r.subject = 'foreground'
        GROUP BY r.variant
    ) AS t
    CROSS JOIN LATERAL (
        SELECT entente.half_width(t.score_sum, t.score_squared, t.images) / 1e9 AS score,
            entente.half_width(t.lost, t.lost_squared, t.labelled) AS lost
        -- As in analysis_summary.
        OFFSET 0
    ) AS h
    WHERE t.images > 0
) AS p;

COMMENT ON VIEW entente.image_judgements IS
    'How one image''s explanations were judged, one row an explainer, order of its regions, and metric; filter by analysis_id.';
COMMENT ON COLUMN entente.image_judgements.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.image_judgements.image_id IS 'The image.';
COMMENT ON COLUMN entente.image_judgements.subject IS 'The part method that is judged, or foreground.';
COMMENT ON COLUMN entente.image_judgements.variant IS
    'importance, or a null beside it: random_order, random_regions; of the foreground nearest, component or crf.';
COMMENT ON COLUMN entente.image_judgements.metric IS
    'deletion, insertion, acc_drop, acc_inc; of the foreground score, agreement, top_1.';
COMMENT ON COLUMN entente.image_judgements.label IS 'Class id of its label; null without one.';
COMMENT ON COLUMN entente.image_judgements.draws IS 'Random draws that the curve is the mean of.';
COMMENT ON COLUMN entente.image_judgements.curve IS
    'After 0, 1, … steps: 2.5 × cosine with the predicted class, or share of draws that are right.';
COMMENT ON COLUMN entente.image_judgements.curve_text IS 'curve, with commas between.';
COMMENT ON COLUMN entente.image_judgements.area IS 'Area below the curve at steps of 1; of a single point the point.';
COMMENT ON COLUMN entente.image_judgements.step_mean IS 'area a step; null of a single point.';
COMMENT ON COLUMN entente.image_judgements.difference IS
    'Of a null: area by importance less this area; of the foreground: of the whole picture less this; else null.';

COMMENT ON VIEW entente.class_faithfulness IS
    'Areas of the images that are labelled as a class, one row a part method, order of its regions, and metric.';
COMMENT ON COLUMN entente.class_faithfulness.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.class_faithfulness.name IS 'Its latest name.';
COMMENT ON COLUMN entente.class_faithfulness.class_index IS 'The class''s place in the analysis.';
COMMENT ON COLUMN entente.class_faithfulness.class_id IS 'The class.';
COMMENT ON COLUMN entente.class_faithfulness.class_name IS 'Its name.';
COMMENT ON COLUMN entente.class_faithfulness.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.class_faithfulness.variant IS 'importance, or a null beside it: random_order, random_regions.';
COMMENT ON COLUMN entente.class_faithfulness.metric IS 'deletion, insertion, acc_drop or acc_inc.';
COMMENT ON COLUMN entente.class_faithfulness.images IS 'Images that the area is the mean of.';
COMMENT ON COLUMN entente.class_faithfulness.area IS 'Mean area at steps of 1.';

COMMENT ON VIEW entente.faithfulness_summary IS
    'One row an analysis that judges its explanations, part method and metric, with the nulls'' areas beside it.';
COMMENT ON COLUMN entente.faithfulness_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.faithfulness_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.faithfulness_summary.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.faithfulness_summary.metric IS
    'deletion and acc_drop: low is better; insertion and acc_inc: high is better.';
COMMENT ON COLUMN entente.faithfulness_summary.images IS 'Images that the area is the mean of; of acc_drop and acc_inc those with a label.';
COMMENT ON COLUMN entente.faithfulness_summary.steps IS 'L, steps of a curve.';
COMMENT ON COLUMN entente.faithfulness_summary.area IS
    'Mean area at steps of 1, of scores (2.5 × cosine with the predicted class) or accuracy: between 0 and steps.';
COMMENT ON COLUMN entente.faithfulness_summary.step_mean IS 'area a step.';
COMMENT ON COLUMN entente.faithfulness_summary.curve IS 'Mean curve, after 0, 1, … steps.';
COMMENT ON COLUMN entente.faithfulness_summary.curve_text IS 'curve, with commas between.';
COMMENT ON COLUMN entente.faithfulness_summary.random_order_area IS
    'The area with the same regions in random order; null if the analysis does without.';
COMMENT ON COLUMN entente.faithfulness_summary.over_random_order IS 'Mean over the images of area less random_order_area.';
COMMENT ON COLUMN entente.faithfulness_summary.random_regions_area IS
    'The area with the regions elsewhere in the picture; null if the analysis does without.';
COMMENT ON COLUMN entente.faithfulness_summary.over_random_regions IS 'Mean over the images of area less random_regions_area.';

COMMENT ON VIEW entente.foreground_summary IS
    'What the model says of the foreground with the rest blurred, one row an analysis that asks for it and stage.';
COMMENT ON COLUMN entente.foreground_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.foreground_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.foreground_summary.stage IS
    'nearest: what passed the threshold; component: the components that are kept; crf: as refined.';
COMMENT ON COLUMN entente.foreground_summary.images IS 'Images.';
COMMENT ON COLUMN entente.foreground_summary.score IS 'Mean of 2.5 × cosine with the class predicted for the whole picture.';
COMMENT ON COLUMN entente.foreground_summary.agreement IS 'Share of images that are classified as the whole picture is.';
COMMENT ON COLUMN entente.foreground_summary.labelled IS 'Images with a label; accuracy is over these.';
COMMENT ON COLUMN entente.foreground_summary.top_1 IS 'Share of labelled images whose label is predicted from the foreground.';
COMMENT ON COLUMN entente.foreground_summary.whole_top_1 IS 'The same from the whole picture.';
COMMENT ON COLUMN entente.foreground_summary.lost IS 'whole_top_1 - top_1.';

DO $$
DECLARE
    bound record;
BEGIN
    FOR bound IN
        SELECT c.oid::regclass AS view, a.attname AS name, m[1] AS of_what, m[2] = 'low' AS is_low,
            m[1] IN ('agreement', 'top_1', 'whole_top_1') AS is_share
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        CROSS JOIN LATERAL regexp_match(a.attname, '^(.*)_(low|high)$') AS m
        WHERE c.relnamespace = 'entente'::regnamespace
            AND c.relname IN ('class_faithfulness', 'faithfulness_summary', 'foreground_summary') AND m IS NOT NULL
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', bound.view, bound.name, format(
            '%s end of the 95 %% interval of %s, %s.', CASE WHEN bound.is_low THEN 'Lower' ELSE 'Upper' END,
            bound.of_what, CASE WHEN bound.is_share THEN 'Wilson''s; null without images'
                ELSE 'Student''s, of images as independent draws; null of fewer than two' END));
    END LOOP;
END $$;

"""###),
        Migration(
            file: "0021_chances.sql",
            sql: ###"""
-- oldest worker: 10
--
-- What CorLoc would be by chance, beside it and with its interval; and the accuracy of every analysis, also of those that find no parts.

ALTER TABLE entente.ground_truth_results
    ADD box_chance double precision,
    -- Not looked for in the rows that are there, all of which have null.
    ADD CONSTRAINT ground_truth_results_box_chance_check CHECK (box_chance BETWEEN 0 AND 1) NOT VALID;
COMMENT ON COLUMN entente.ground_truth_results.box_chance IS
    'Share of the places on the patch grid where a box of the foreground''s size overlaps the object''s by more than half; null of '
    'images that were scored before there was such a share.';

CREATE OR REPLACE VIEW entente.ground_truth_summary AS
SELECT a.analysis_id, a.name, s.part_method, s.images, s.corloc, s.box_overlap, s.foreground_overlap, s.purity,
    s.adjusted_rand_index, s.mutual_precision, s.vision_precision, s.chance_precision,
    entente.share_low(s.hits, s.images) AS corloc_low, entente.share_high(s.hits, s.images) AS corloc_high,
    s.corloc_chance
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT g.part_method, count(*) AS images, count(*) FILTER (WHERE g.box_overlap > 0.5) AS hits,
        (count(*) FILTER (WHERE g.box_overlap > 0.5))::double precision / count(*) AS corloc,
        avg(g.box_overlap) AS box_overlap, avg(g.foreground_overlap) AS foreground_overlap,
        avg(g.purity) AS purity, avg(g.adjusted_rand_index) AS adjusted_rand_index,
        sum(g.mutual_true) / nullif(sum(g.mutual_count), 0)::double precision AS mutual_precision,
        sum(g.vision_true) / nullif(sum(g.vision_count), 0)::double precision AS vision_precision,
        sum(g.bank_true) / nullif(sum(g.bank_count), 0)::double precision AS chance_precision,
        -- Of all or none: a mean over some would be beside another share.
        CASE WHEN count(g.box_chance) = count(*) THEN avg(g.box_chance) END AS corloc_chance
    FROM entente.ground_truth_results AS g
    JOIN entente.image_results AS r USING (analysis_id, image_id)
    WHERE g.analysis_id = a.analysis_id AND r.written_at = g.result_written_at
    GROUP BY g.part_method
) AS s;
COMMENT ON COLUMN entente.ground_truth_summary.corloc_low IS
    'Lower end of the 95 % interval of corloc, Wilson''s; null without images.';
COMMENT ON COLUMN entente.ground_truth_summary.corloc_high IS
    'Upper end of the 95 % interval of corloc, Wilson''s; null without images.';
COMMENT ON COLUMN entente.ground_truth_summary.corloc_chance IS
    'What corloc would be if boxes of the same sizes lay anywhere on the patch grid; null if an image was scored before there was such '
    'a share: score again.';

CREATE VIEW entente.zero_shot_summary AS
SELECT a.analysis_id, a.name, i.images, i.labelled, i.hits_at_1 / nullif(i.labelled, 0)::double precision AS top_1,
    entente.share_low(i.hits_at_1, i.labelled) AS top_1_low, entente.share_high(i.hits_at_1, i.labelled) AS top_1_high,
    i.hits_at_5 / nullif(i.labelled, 0)::double precision AS top_5,
    entente.share_low(i.hits_at_5, i.labelled) AS top_5_low, entente.share_high(i.hits_at_5, i.labelled) AS top_5_high
FROM entente.analyses AS a
CROSS JOIN LATERAL (
    SELECT sum(r.images)::bigint AS images, sum(r.labelled)::bigint AS labelled,
        sum(r.hits_at_1)::bigint AS hits_at_1, sum(r.hits_at_5)::bigint AS hits_at_5
    FROM entente.image_rollups AS r WHERE r.analysis_id = a.analysis_id AND r.label_index = -2
) AS i
WHERE i.images > 0;
COMMENT ON VIEW entente.zero_shot_summary IS
    'What an analysis predicts, one row an analysis with results, whether it finds parts or not.';
COMMENT ON COLUMN entente.zero_shot_summary.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.zero_shot_summary.name IS 'Its latest name.';
COMMENT ON COLUMN entente.zero_shot_summary.images IS 'Images with a result.';
COMMENT ON COLUMN entente.zero_shot_summary.labelled IS 'Those with a label; accuracy is over these.';
COMMENT ON COLUMN entente.zero_shot_summary.top_1 IS 'Share of labelled images whose label is the prediction.';
COMMENT ON COLUMN entente.zero_shot_summary.top_1_low IS
    'Lower end of the 95 % interval of top_1, Wilson''s; null without labelled images.';
COMMENT ON COLUMN entente.zero_shot_summary.top_1_high IS
    'Upper end of the 95 % interval of top_1, Wilson''s; null without labelled images.';
COMMENT ON COLUMN entente.zero_shot_summary.top_5 IS 'Share of labelled images whose label is among the five best classes.';
COMMENT ON COLUMN entente.zero_shot_summary.top_5_low IS
    'Lower end of the 95 % interval of top_5, Wilson''s; null without labelled images.';
COMMENT ON COLUMN entente.zero_shot_summary.top_5_high IS
    'Upper end of the 95 % interval of top_5, Wilson''s; null without labelled images.';

"""###),
        Migration(
            file: "0022_explorer.sql",
            sql: ###"""
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

"""###),
        Migration(
            file: "0023_explorer_speed.sql",
            sql: ###"""
-- oldest worker: 10
--
-- What the explorer's pages lacked over large tables and over images without labels.

-- As before, and in the order of images. Costs a result as many index entries as before.
DROP INDEX entente.image_results_by_class;
CREATE INDEX image_results_by_class ON entente.image_results (predicted_index, label_index, analysis_id, image_id)
    WHERE predicted_index IS NOT NULL;

CREATE VIEW entente.unlabelled_points AS
SELECT r.analysis_id, r.part_method, r.predicted_index AS class_index, sum(r.images)::bigint AS images,
    sum(r.mi_released)::double precision / sum(r.images)::double precision / 1e9 AS mi_released,
    sum(r.auc_released)::double precision / sum(r.images)::double precision / 1e9 AS auc_released,
    sum(r.mi_membership)::double precision / sum(r.images)::double precision / 1e9 AS mi_membership,
    sum(r.auc_membership)::double precision / sum(r.images)::double precision / 1e9 AS auc_membership,
    (sum(r.vision_concepts) / sum(r.images))::double precision AS vision_concepts,
    (sum(r.mutual_concepts) / sum(r.images))::double precision AS mutual_concepts
FROM entente.part_rollups AS r WHERE r.label_index = -1
GROUP BY r.analysis_id, r.part_method, r.predicted_index HAVING sum(r.images) > 0;
COMMENT ON VIEW entente.unlabelled_points IS
    'As class_points, of images without a label by the class that they are taken for; filter by analysis_id and part_method.';
COMMENT ON COLUMN entente.unlabelled_points.analysis_id IS 'The analysis.';
COMMENT ON COLUMN entente.unlabelled_points.part_method IS 'Part method, as entente.analysis_summary has it.';
COMMENT ON COLUMN entente.unlabelled_points.class_index IS 'Place of the predicted class in the analysis.';
COMMENT ON COLUMN entente.unlabelled_points.images IS 'Images without a label that are taken for it.';
COMMENT ON COLUMN entente.unlabelled_points.mi_released IS 'Mean mutual information, released estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.auc_released IS 'Mean of the images'' own AUCs, released estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.mi_membership IS 'Mean mutual information, membership estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.auc_membership IS 'Mean of the images'' own AUCs, membership estimator, nats.';
COMMENT ON COLUMN entente.unlabelled_points.vision_concepts IS 'Mean number of vision concepts an image.';
COMMENT ON COLUMN entente.unlabelled_points.mutual_concepts IS 'Mean number of mutual concepts an image.';

"""###),
    ]

    /// `migrations/roles.sql`, which runs after every migration.
    static let roles = ###"""
-- Rights of the two groups that are not the owner. Runs after every `entente migrate`, so that groups created later
-- and objects of new migrations get theirs; everything here may be repeated.
--
-- entente_worker: what `worker`, `submit` and `replay` need; no DELETE, no DDL, roll-ups only through triggers.
-- entente_reader: views only.

REVOKE ALL ON SCHEMA entente FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA entente FROM PUBLIC;
GRANT USAGE ON SCHEMA entente TO entente_worker, entente_reader;

-- What earlier versions gave and no statement uses; columns go with their tables.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA entente
    FROM entente_worker, entente_reader;

GRANT SELECT ON ALL TABLES IN SCHEMA entente TO entente_worker;
GRANT INSERT ON
    entente.analyses, entente.analysis_names, entente.classes, entente.descriptors, entente.class_language_concepts,
    entente.text_embeddings, entente.submissions, entente.images, entente.image_results, entente.part_results,
    entente.job_offsets, entente.in_flight_jobs, entente.failed_images, entente.dead_letters,
    entente.ground_truth_results, entente.judged_results
    TO entente_worker;
-- Just the columns that some statement of a worker or a command sets. Classes, descriptors, language concepts and text
-- embeddings stay as they were first written, and so does an analysis but for its name; no key ever changes.
GRANT UPDATE (name) ON entente.analyses TO entente_worker;
GRANT UPDATE (named_at) ON entente.analysis_names TO entente_worker;
GRANT UPDATE (images, jobs, jobs_produced, finished_at) ON entente.submissions TO entente_worker;
GRANT UPDATE (uri, other_uri, sha256, label, group_name, submission) ON entente.images TO entente_worker;
GRANT UPDATE (
    label_index, predicted_index, top_classes, top_similarities, top_probabilities, group_name, group_digest, sha256,
    submission, worker, kernel_set, method_revision, fetch_microseconds, decode_microseconds, encode_microseconds,
    concepts_microseconds, shard, written_at
) ON entente.image_results TO entente_worker;
GRANT UPDATE (
    label_index, predicted_index, shard, vision_count, language_count, overlap, mi_released, auc_released,
    curve_released, mi_membership, auc_membership, curve_membership, nmi_max, ami, p_value, vision_descriptors,
    vision_relevances, vision_parts, vision_mutual, grid_height, grid_width, grid, boxes, flags
) ON entente.part_results TO entente_worker;
GRANT UPDATE (label_index, shard, draws, points, amount, difference) ON entente.judged_results TO entente_worker;
-- Whose a partition is changes through functions alone.
GRANT UPDATE (
    epoch, next_offset, updated_at, cluster_id, last_offset, last_digest, begins_at, held_because, held_since,
    is_other_log
) ON entente.job_offsets TO entente_worker;
GRANT UPDATE (owner, is_alone, taken_at, progress, has_trapped) ON entente.in_flight_jobs TO entente_worker;
GRANT UPDATE (kind, message, attempts, worker, shard, failed_at) ON entente.failed_images TO entente_worker;
GRANT UPDATE (
    message_timestamp, message_key, message_value, header_names, header_values, reason, published, published_at,
    written_at, requeued_at, requeue_count, withheld
) ON entente.dead_letters TO entente_worker;
GRANT UPDATE (
    box_overlap, foreground_overlap, purity, adjusted_rand_index, mutual_count, mutual_true, vision_count, vision_true,
    bank_count, bank_true, result_written_at, scored_at, box_chance
) ON entente.ground_truth_results TO entente_worker;
GRANT EXECUTE ON FUNCTION
    entente.advance_offset(text, text, integer, bigint, bigint, bigint),
    entente.advance_offset(text, text, integer, bigint, bigint, bigint, bigint, bytea),
    entente.claim_offset(text, text, integer, text, integer),
    entente.claim_partition(text, text, integer, text, integer),
    entente.begin_topic(text, text, bigint[], bigint), entente.announce_owner(text),
    entente.release_offset(text, text, integer, bigint),
    entente.take_job(text, text, integer, bigint, bigint, boolean),
    entente.note_progress(text, text, integer, bigint, bigint, integer), entente.note_trap(text),
    entente.note_failure_window(text, text, boolean[], integer), entente.take_failure_window(text, text),
    entente.begin_job(text, text, integer, bigint, bigint, boolean, text, text[], boolean, text),
    entente.open_job(
        text, text, integer, bigint, bigint, boolean, text, text[], text[], boolean, text),
    entente.is_elsewhere(text, text), entente.check_group_digests(text[], text[], text[]),
    entente.differing_results(text[], text[], integer[], text[], text[]),
    entente.check_results(text[], text[], integer[], text[], text[]),
    entente.rollup_differences(text), entente.score_rollup_differences(text),
    entente.recomputed_throughput_rollups(text), entente.recomputed_progress_rollups(text),
    entente.recomputed_image_rollups(text), entente.recomputed_part_rollups(text),
    entente.recomputed_concept_rollups(text), entente.without_trailing_zeros(bigint[]),
    entente.negated_curve(bigint[]), entente.throughput_rollup_differences(text),
    entente.judged_rollup_differences(text), entente.recomputed_judged_rollups(text), entente.cancel_submission(text)
    TO entente_worker;

GRANT SELECT ON
    entente.analysis_progress, entente.analysis_summary, entente.mi_dynamics, entente.class_summary,
    entente.mutual_concept_ranking, entente.class_concept_ranking, entente.model_comparison, entente.failures,
    entente.image_scores, entente.image_concepts, entente.image_curves, entente.language_concepts,
    entente.replay_comparison, entente.replay_image_comparison, entente.analysis_throughput,
    entente.partition_progress, entente.submission_progress, entente.class_confusion, entente.replays,
    entente.replay_class_comparison, entente.replay_concept_comparison, entente.replay_flips,
    entente.replay_image_changes, entente.ground_truth_summary, entente.mutual_concepts,
    entente.faithfulness_summary, entente.foreground_summary, entente.class_faithfulness, entente.image_judgements,
    entente.image_sources, entente.image_parts, entente.image_classes, entente.image_agreements,
    entente.image_predictions, entente.analysis_settings, entente.analysis_classes, entente.analysis_descriptors,
    entente.concept_classes, entente.class_points, entente.unlabelled_points,
    entente.zero_shot_summary
    TO entente_reader;
-- A view's functions run with the rights of whoever reads it.
GRANT EXECUTE ON FUNCTION entente.add_curves(bigint[], bigint[]), entente.sum_curves(bigint[]),
    entente.compare_analyses(text, text), entente.compare_images(text, text),
    entente.half_width(numeric, numeric, numeric), entente.share_low(bigint, bigint), entente.share_high(bigint, bigint),
    entente.judged_unit(text), entente.visible_uri(text)
    TO entente_worker, entente_reader;

"""###

    /// `migrations/database.sql`, which runs behind it.
    static let database = ###"""
-- What PostgreSQL lets everybody do in a database, which readers need not: temporary tables, objects in the schema `public`
-- (in databases that began before PostgreSQL 15), large objects. None of them asks for a right on any table, and no
-- statement of ours uses them. Runs after every `entente migrate`, as whoever runs it and as far as they may;
-- everything here may be repeated.

DO $$
DECLARE
    this record;
    routine regprocedure;
BEGIN
    SELECT d.datname, pg_catalog.pg_has_role(current_user, d.datdba, 'USAGE') AS is_ours,
        (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user) AS is_superuser
    INTO this FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database();
    IF this.is_ours AND pg_catalog.has_database_privilege('entente_reader', this.datname, 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', this.datname);
    END IF;
    IF (SELECT pg_catalog.pg_has_role(current_user, n.nspowner, 'USAGE')
            AND pg_catalog.has_schema_privilege('entente_reader', n.oid, 'CREATE')
        FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public')
    THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
    IF this.is_superuser THEN
        FOR routine IN
            SELECT p.oid::regprocedure FROM pg_catalog.pg_proc AS p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_put', 'lowrite', 'lo_truncate',
                    'lo_truncate64', 'lo_unlink')
                AND pg_catalog.has_function_privilege('entente_reader', p.oid, 'EXECUTE')
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
        END LOOP;
    END IF;
END $$;

"""###
}
