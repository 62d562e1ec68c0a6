-- A change from one embedding model to another while everything goes on: which models new objects are embedded with, and which are
-- searched, is known here from the first change on; before it, the configuration says.
CREATE SEQUENCE model_changes_version_seq;
CREATE TABLE model_changes (
  id             uuid PRIMARY KEY,
  -- Null: the new model comes beside those that are there.
  from_model     text,
  from_revision  text,
  to_model       text NOT NULL,
  to_revision    text NOT NULL,
  phase          text NOT NULL CHECK (phase IN ('BACKFILLING', 'READY', 'CUT_OVER', 'ROLLED_BACK', 'CLEANING', 'CLEANED', 'ABORTING', 'ABORTED')),
  -- The last object that has been looked at.
  cursor         uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  -- Of the work of this phase: objects to be embedded, or vectors to be removed, and how many are done.
  total          bigint NOT NULL DEFAULT 0,
  done           bigint NOT NULL DEFAULT 0,
  -- Vectors of the new model that the backfill has written.
  vectors        bigint NOT NULL DEFAULT 0,
  -- What keeps it from going on, in a sentence.
  problem        text,
  -- Raised with each change of roles: processes say which they have taken up.
  version        bigint NOT NULL DEFAULT nextval('model_changes_version_seq'),
  -- Transactions from here on saw that the change had begun; READY waits until no older one is under way.
  horizon        xid8,
  worker         uuid,
  worker_until   timestamptz(3),
  started_by     text NOT NULL,
  started_at     timestamptz(3) NOT NULL DEFAULT now(),
  ready_at       timestamptz(3),
  cut_over_at    timestamptz(3),
  rolled_back_at timestamptz(3),
  ended_at       timestamptz(3)
);
ALTER SEQUENCE model_changes_version_seq OWNED BY model_changes.version;
-- One at a time.
CREATE UNIQUE INDEX model_changes_open ON model_changes ((true)) WHERE phase NOT IN ('CLEANED', 'ABORTED');

CREATE TABLE model_roles (
  model_name text PRIMARY KEY,
  -- Of the vectors that are here; other weights under the same name are another model.
  revision   text NOT NULL,
  -- New objects are embedded with it.
  written    boolean NOT NULL,
  -- Searches that name no model ask it.
  searched   boolean NOT NULL,
  since      timestamptz(3) NOT NULL DEFAULT now()
);

-- Objects that something was written of while a change is open: whether they lack vectors of either model is looked up when a row is
-- worked off.
CREATE TABLE model_change_notes (
  sequence  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  object_id uuid NOT NULL
);

-- Objects that the new model gives no vectors for, and why.
CREATE TABLE model_change_gaps (
  change_id uuid NOT NULL REFERENCES model_changes (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  object_id uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  -- Null: there is nothing in it for this model, such as frames of a film without pictures.
  reason    text,
  PRIMARY KEY (change_id, object_id)
);
CREATE INDEX model_change_gaps_object_idx ON model_change_gaps (object_id);

-- Who is at work, with which models, and which version of the roles each has taken up.
CREATE TABLE model_processes (
  id      uuid PRIMARY KEY,
  name    text NOT NULL,
  -- {"name": "revision"} of those that can run there.
  models  jsonb NOT NULL,
  version bigint NOT NULL,
  seen_at timestamptz(3) NOT NULL DEFAULT now()
);

-- By statement, and nothing but a look at an index without entries where no change is open.
CREATE FUNCTION note_embeddings_for_model_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM model_changes WHERE phase IN ('BACKFILLING', 'READY', 'CUT_OVER', 'ROLLED_BACK')) THEN
    -- Those of the model that is being filled are what the change writes itself.
    INSERT INTO model_change_notes (tenant_id, object_id)
    SELECT DISTINCT c.tenant_id, c.object_id FROM changed c, model_changes m
     WHERE m.phase IN ('BACKFILLING', 'READY', 'CUT_OVER', 'ROLLED_BACK') AND c.model_name <> CASE m.phase WHEN 'CUT_OVER' THEN coalesce(m.from_model, '') ELSE m.to_model END;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION note_passages_for_model_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM model_changes WHERE phase IN ('BACKFILLING', 'READY', 'CUT_OVER', 'ROLLED_BACK')) THEN
    INSERT INTO model_change_notes (tenant_id, object_id) SELECT DISTINCT tenant_id, object_id FROM changed WHERE kind <> 'fields';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION note_objects_for_model_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM model_changes WHERE phase IN ('BACKFILLING', 'READY', 'CUT_OVER', 'ROLLED_BACK')) THEN
    INSERT INTO model_change_notes (tenant_id, object_id)
    SELECT n.tenant_id, n.id FROM changed n JOIN before o ON o.id = n.id WHERE n.status = 'READY' AND o.status <> 'READY';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER embeddings_come_for_model_change AFTER INSERT ON embeddings REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_embeddings_for_model_change();
CREATE TRIGGER passages_come_for_model_change AFTER INSERT ON passages REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_passages_for_model_change();
CREATE TRIGGER objects_become_ready_for_model_change AFTER UPDATE ON data_objects REFERENCING OLD TABLE AS before NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_objects_for_model_change();
