-- Nobody selects by these columns, and to analyse them costs more than all the others together.
ALTER TABLE keyword_postings ALTER COLUMN postings SET STATISTICS 0;
ALTER TABLE passages ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE object_texts ALTER COLUMN text SET STATISTICS 0;

-- Tables of vectors are made where a model comes, if there is pgvector; those that are there already:
DO $$
DECLARE
  vectors text;
BEGIN
  IF to_regclass('vector_spaces') IS NULL THEN
    RETURN;
  END IF;
  FOR vectors IN SELECT table_name FROM vector_spaces LOOP
    EXECUTE format('ALTER TABLE %I ALTER COLUMN embedding SET STATISTICS 0', vectors);
  END LOOP;
END $$;
