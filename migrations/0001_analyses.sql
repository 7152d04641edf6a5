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
