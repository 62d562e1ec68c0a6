-- What contents are compared by beyond their bytes: hashes of what they decode to (PIXELS, SAMPLES, TEXT), equal or not, and
-- hashes that are near where contents look or read alike (PICTURE, FRAMES, WORDS).
CREATE TABLE fingerprints (
  object_id uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('PIXELS', 'SAMPLES', 'TEXT', 'PICTURE', 'FRAMES', 'WORDS')),
  -- Hexadecimal.
  value     text NOT NULL,
  -- Pieces of it, each with tenant, kind and place in one number: near ones share at least one. Empty where values are equal or not.
  bands     integer[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (object_id, kind)
);
CREATE INDEX fingerprints_equal_idx ON fingerprints (tenant_id, kind, value) WHERE kind IN ('PIXELS', 'SAMPLES', 'TEXT');
CREATE INDEX fingerprints_bands_idx ON fingerprints USING gin (bands) WITH (fastupdate = off) WHERE kind IN ('PICTURE', 'FRAMES', 'WORDS');

-- Pairs that were found near. Whether they are in the bin, or what a filter says of them, is looked up when somebody asks.
CREATE TABLE near_duplicates (
  older      uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  younger    uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id  text NOT NULL,
  tier       text NOT NULL CHECK (tier IN ('PERCEPTUAL', 'SEMANTIC')),
  -- Whose vectors; empty for PERCEPTUAL.
  model_name text NOT NULL DEFAULT '',
  similarity real NOT NULL,
  PRIMARY KEY (older, younger, tier, model_name),
  CHECK (older < younger)
);
CREATE INDEX near_duplicates_younger_idx ON near_duplicates (younger);
CREATE INDEX near_duplicates_tier_idx ON near_duplicates (tenant_id, tier, older);

-- Objects that have yet to be compared with the others: each READY one, whenever its content or its vectors are new.
CREATE SEQUENCE comparisons_due_noted_seq;
CREATE TABLE comparisons_due (
  object_id uuid PRIMARY KEY REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  -- Raised with each reason: what is noted while the object is compared outlives that.
  noted     bigint NOT NULL DEFAULT nextval('comparisons_due_noted_seq')
);
ALTER SEQUENCE comparisons_due_noted_seq OWNED BY comparisons_due.noted;
CREATE INDEX comparisons_due_noted_idx ON comparisons_due (noted);

CREATE FUNCTION note_comparison_of_object() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO comparisons_due (object_id, tenant_id) VALUES (NEW.id, NEW.tenant_id)
  ON CONFLICT (object_id) DO UPDATE SET noted = nextval('comparisons_due_noted_seq');
  RETURN NULL;
END $$;
CREATE TRIGGER data_objects_compared AFTER INSERT OR UPDATE OF status ON data_objects
  FOR EACH ROW WHEN (NEW.status = 'READY') EXECUTE FUNCTION note_comparison_of_object();

-- A model that comes later brings vectors of objects that have long been READY.
CREATE FUNCTION note_comparison_of_vectors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO comparisons_due (object_id, tenant_id)
  SELECT DISTINCT n.object_id, n.tenant_id FROM new_rows n JOIN data_objects o ON o.id = n.object_id AND o.status = 'READY' ORDER BY 1
  ON CONFLICT (object_id) DO UPDATE SET noted = nextval('comparisons_due_noted_seq');
  RETURN NULL;
END $$;
CREATE TRIGGER embeddings_compared AFTER INSERT ON embeddings
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_comparison_of_vectors();

-- What is here already gets its turn like everything else.
INSERT INTO comparisons_due (object_id, tenant_id) SELECT id, tenant_id FROM data_objects WHERE status = 'READY' ORDER BY id;
