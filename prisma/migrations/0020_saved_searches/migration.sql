-- A search of which a leg did not answer is run again over the same objects, after pauses that grow.
ALTER TABLE saved_searches_due
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN retry_at timestamptz(3);

-- What changes again is looked at without delay, as if nothing had failed.
CREATE OR REPLACE FUNCTION note_for_saved_searches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO saved_searches_due (object_id, tenant_id)
  SELECT DISTINCT e.object_id, e.tenant_id FROM changed e
    JOIN data_objects o ON o.id = e.object_id
   WHERE e.kind IN ('CREATED', 'UPDATED', 'UNDELETED') AND e.new_state ->> 'status' = 'READY' AND e.new_state ->> 'isDeleted' = 'false'
     AND EXISTS (SELECT FROM saved_searches s WHERE s.tenant_id = e.tenant_id)
   ORDER BY e.object_id
  ON CONFLICT (object_id) DO UPDATE SET noted = nextval('saved_searches_due_noted_seq'), noted_at = clock_timestamp(), attempts = 0, retry_at = NULL;
  RETURN NULL;
END $$;
