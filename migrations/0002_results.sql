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
