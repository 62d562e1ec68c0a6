-- Where the headings, tables, lists and code of a text lie, as its format said; kept so that an attempt which resumes cuts as the first did.
ALTER TABLE object_texts ADD COLUMN blocks jsonb NOT NULL DEFAULT '[]';

-- What models are given in front of a passage's text: the headings that it stands under, the columns of its table.
ALTER TABLE passages ADD COLUMN context text;
-- Captions and transcripts are searched as passages, too. Null: the passage comes from the object's own content, or its fields.
ALTER TABLE passages ADD COLUMN annotation_id uuid REFERENCES annotations (id) ON DELETE CASCADE;
ALTER TABLE passages DROP CONSTRAINT passages_kind_check;
ALTER TABLE passages ADD CONSTRAINT passages_kind_check CHECK (kind IN ('content', 'fields', 'caption', 'transcript'));
-- An object has several captions, each with passages of its own.
ALTER TABLE passages DROP CONSTRAINT passages_tenant_id_object_id_kind_position_key;
CREATE UNIQUE INDEX passages_place_key ON passages (tenant_id, object_id, kind, (coalesce(annotation_id, object_id)), position);
CREATE INDEX passages_annotation_idx ON passages (annotation_id) WHERE annotation_id IS NOT NULL;

-- Objects whose captions or transcripts have changed since their passages were made: one row an object, with the newest change.
CREATE SEQUENCE annotation_changes_version_seq;
CREATE TABLE annotation_changes (
  object_id     uuid PRIMARY KEY REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id     text NOT NULL,
  -- Whoever made the passages of an older one leaves the row to be worked off again.
  version       bigint NOT NULL DEFAULT nextval('annotation_changes_version_seq'),
  changed_at    timestamptz(3) NOT NULL DEFAULT now(),
  -- Somebody works on it; until then others leave it alone.
  claimed_until timestamptz(3)
);
CREATE INDEX annotation_changes_waiting_idx ON annotation_changes (changed_at);
-- Those that were made before.
INSERT INTO annotation_changes (object_id, tenant_id)
SELECT DISTINCT object_id, tenant_id FROM annotations WHERE annotation_type IN ('CAPTION', 'TRANSCRIPTION') AND NOT is_deleted;
