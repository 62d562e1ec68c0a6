-- strata:requires vector
-- Vectors in PostgreSQL. Each space (a model and its dimensions) has a table of its own, made when the space is first used;
-- this is the list of them. See src/adapters/vectors/pgvector.spaces.ts.
CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE vector_spaces (
  model      text PRIMARY KEY,
  dimensions integer NOT NULL CHECK (dimensions > 0),
  table_name text NOT NULL UNIQUE,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
