-- What a store outside this database has yet to be told: written with the rows that it follows from, gone once the store has it.
-- One row an entry, its newest state, so that repeating it does no harm and order between entries does not matter.
CREATE SEQUENCE index_changes_version_seq;
CREATE TABLE index_changes (
  tenant_id  text NOT NULL,
  -- Of a passage or an embedding.
  id         uuid NOT NULL,
  -- Without a reference: what has to be taken out outlives its object.
  object_id  uuid NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('PASSAGE', 'VECTOR')),
  operation  text NOT NULL CHECK (operation IN ('PUT', 'REMOVE')),
  model_name text,
  passage_id uuid,
  ordinal    bigint,
  -- Little-endian 32-bit floats.
  vector     bytea,
  version    bigint NOT NULL DEFAULT nextval('index_changes_version_seq'),
  changed_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
ALTER SEQUENCE index_changes_version_seq OWNED BY index_changes.version;
CREATE INDEX index_changes_object_idx ON index_changes (tenant_id, object_id);
CREATE INDEX index_changes_age_idx ON index_changes (changed_at);
