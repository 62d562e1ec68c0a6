-- Searches that are kept under a name. `input` is shown as it came; `request` is run.
CREATE TABLE saved_searches (
  id         uuid PRIMARY KEY,
  tenant_id  text NOT NULL,
  name       text NOT NULL,
  input      jsonb NOT NULL,
  request    jsonb NOT NULL,
  owner_id   text NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX saved_searches_tenant_idx ON saved_searches (tenant_id, created_at DESC, id DESC);

-- What was announced: the newest version of each object that each search has matched. One announcement a version, whoever finds it.
CREATE TABLE saved_search_matches (
  saved_search_id uuid NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
  object_id       uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id       text NOT NULL,
  object_version  integer NOT NULL,
  PRIMARY KEY (saved_search_id, object_id)
);
CREATE INDEX saved_search_matches_object_idx ON saved_search_matches (object_id);

-- Objects that have yet to be held against the saved searches of their tenant.
CREATE SEQUENCE saved_searches_due_noted_seq;
CREATE TABLE saved_searches_due (
  object_id uuid PRIMARY KEY REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  noted     bigint NOT NULL DEFAULT nextval('saved_searches_due_noted_seq'),
  noted_at  timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
ALTER SEQUENCE saved_searches_due_noted_seq OWNED BY saved_searches_due.noted;
CREATE INDEX saved_searches_due_noted_idx ON saved_searches_due (noted);

-- An object that was found is told of as a change of its own, with which searches found it: [{"id", "score"}].
ALTER TABLE events ADD COLUMN matches jsonb;
ALTER TABLE events DROP CONSTRAINT events_kind_check;
ALTER TABLE events ADD CONSTRAINT events_kind_check CHECK (kind IN ('CREATED', 'UPDATED', 'DELETED', 'UNDELETED', 'PURGED', 'MATCHED'));

-- Whatever changes an object writes an event in the same transaction; where nobody has saved a search this is one look at an index.
CREATE FUNCTION note_for_saved_searches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO saved_searches_due (object_id, tenant_id)
  SELECT DISTINCT e.object_id, e.tenant_id FROM changed e
    JOIN data_objects o ON o.id = e.object_id
   WHERE e.kind IN ('CREATED', 'UPDATED', 'UNDELETED') AND e.new_state ->> 'status' = 'READY' AND e.new_state ->> 'isDeleted' = 'false'
     AND EXISTS (SELECT FROM saved_searches s WHERE s.tenant_id = e.tenant_id)
   ORDER BY e.object_id
  ON CONFLICT (object_id) DO UPDATE SET noted = nextval('saved_searches_due_noted_seq'), noted_at = clock_timestamp();
  RETURN NULL;
END $$;
CREATE TRIGGER events_for_saved_searches AFTER INSERT ON events
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_for_saved_searches();
