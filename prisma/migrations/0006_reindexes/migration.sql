-- A move of vectors and words into another store, while everything goes on: how far it has come, and what has changed since it began.
CREATE TABLE reindexes (
  id          uuid PRIMARY KEY,
  -- The store's kind, and where it is: no secrets.
  target      text NOT NULL,
  place       text NOT NULL,
  -- Null: all.
  models      text[],
  phase       text NOT NULL CHECK (phase IN ('PASSAGES', 'MOMENTS', 'FOLLOWING')),
  -- The last id of the phase that is in the new store.
  cursor      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  copied      bigint NOT NULL DEFAULT 0,
  started_at  timestamptz(3) NOT NULL DEFAULT now(),
  -- Since when a process has answered from the new store.
  switched_at timestamptz(3)
);
-- One at a time.
CREATE UNIQUE INDEX reindexes_one ON reindexes ((true));

-- Passages and embeddings that came or went since, whoever did it. State is looked up when a row is worked off, so that order does not matter.
CREATE TABLE reindex_changes (
  sequence  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('PASSAGE', 'VECTOR')),
  id        uuid NOT NULL,
  object_id uuid NOT NULL,
  ordinal   bigint
);

-- By statement, and nothing but a look at an empty table where nothing is being moved.
CREATE FUNCTION note_passages_for_reindex() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM reindexes) THEN
    INSERT INTO reindex_changes (tenant_id, kind, id, object_id, ordinal) SELECT tenant_id, 'PASSAGE', id, object_id, ordinal FROM changed;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION note_embeddings_for_reindex() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM reindexes) THEN
    INSERT INTO reindex_changes (tenant_id, kind, id, object_id) SELECT tenant_id, 'VECTOR', id, object_id FROM changed;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER passages_come AFTER INSERT ON passages REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_passages_for_reindex();
CREATE TRIGGER passages_go AFTER DELETE ON passages REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_passages_for_reindex();
CREATE TRIGGER embeddings_come AFTER INSERT ON embeddings REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_embeddings_for_reindex();
CREATE TRIGGER embeddings_go AFTER DELETE ON embeddings REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_embeddings_for_reindex();
