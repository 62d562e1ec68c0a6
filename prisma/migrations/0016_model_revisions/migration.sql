-- Of which revision the vectors of a model are. Processes look at their models' files when they start; where nothing was embedded yet, two
-- of them may have other files under one name, and each would write vectors that the other's queries mean nothing to.
CREATE TABLE model_revisions (
  model_name text PRIMARY KEY,
  revision   text NOT NULL
);
INSERT INTO model_revisions (model_name, revision)
  SELECT DISTINCT ON (model_name) model_name, metadata ->> 'revision' FROM embeddings WHERE metadata ->> 'revision' IS NOT NULL ORDER BY model_name, id;

-- Whoever writes vectors first decides, as long as they are here. A change of models decides anew, and takes the others out itself.
CREATE FUNCTION keep_one_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  made record;
  here text;
BEGIN
  FOR made IN SELECT DISTINCT model_name AS name, metadata ->> 'revision' AS revision FROM changed WHERE metadata ->> 'revision' IS NOT NULL ORDER BY 1, 2 LOOP
    SELECT revision INTO here FROM model_roles WHERE model_name = made.name;
    IF NOT FOUND THEN
      -- Held until the commit, so that nobody takes the place of vectors that are not to be seen yet.
      PERFORM FROM model_revisions WHERE model_name = made.name AND revision = made.revision FOR SHARE;
      CONTINUE WHEN FOUND;
      INSERT INTO model_revisions VALUES (made.name, made.revision) ON CONFLICT DO NOTHING;
      CONTINUE WHEN FOUND;
      SELECT revision INTO here FROM model_revisions WHERE model_name = made.name FOR UPDATE;
      IF NOT EXISTS (SELECT FROM embeddings WHERE model_name = made.name AND metadata ->> 'revision' <> made.revision) THEN
        UPDATE model_revisions SET revision = made.revision WHERE model_name = made.name;
        CONTINUE;
      END IF;
    END IF;
    CONTINUE WHEN here = made.revision;
    -- The program knows it by its code, and shows the sentence.
    RAISE EXCEPTION USING ERRCODE = 'SM001', MESSAGE = format(
      'The vectors here of "%s" are in the revision %s, and those that were to be written are of %s. Vectors of two revisions are never compared: give every process the same files of the model, and restart those that had others.',
      made.name, here, made.revision);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER embeddings_of_one_revision AFTER INSERT ON embeddings REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_one_revision();
