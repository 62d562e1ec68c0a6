-- The keyword index: BM25 with exact statistics. Writes only ever add rows, so that no two of them wait for each other; what
-- they scatter is merged in the background. See src/adapters/keywords/postgres-bm25.index.ts.

-- The passages that are indexed. `number` is the index's own name for an indexing of a passage: a passage that is removed and
-- indexed again gets a new one, so that what is left of the old can be told from the new.
CREATE TABLE keyword_passages (
  number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  text NOT NULL,
  ordinal    bigint NOT NULL,
  passage_id uuid NOT NULL,
  object_id  uuid NOT NULL,
  -- In terms, repeats included.
  length     integer NOT NULL,
  UNIQUE (tenant_id, ordinal)
);
CREATE INDEX keyword_passages_object_idx ON keyword_passages (tenant_id, object_id);

-- Where a term occurs: packed lists of (number, frequency, length of the passage), any number of rows a term. The packing
-- bears concatenation, so that merging rows is joining their bytes.
CREATE TABLE keyword_postings (
  tenant_id text NOT NULL,
  term      text COLLATE "C" NOT NULL,
  chunk     bigint GENERATED ALWAYS AS IDENTITY,
  postings  bytea NOT NULL,
  PRIMARY KEY (tenant_id, term, chunk)
);
-- Packed bytes do not shrink by compressing them again.
ALTER TABLE keyword_postings ALTER COLUMN postings SET STORAGE EXTERNAL;

-- How many passages of how many terms a tenant has, removed ones included, in as many rows as there were writes. Their sum counts.
CREATE TABLE keyword_totals (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  passages  bigint NOT NULL,
  tokens    bigint NOT NULL
);
CREATE INDEX keyword_totals_tenant_idx ON keyword_totals (tenant_id);

-- Numbers whose postings are still there but no longer count, until housekeeping takes them out.
CREATE TABLE keyword_removals (
  tenant_id text NOT NULL,
  number    bigint NOT NULL,
  length    integer NOT NULL,
  PRIMARY KEY (tenant_id, number)
);
