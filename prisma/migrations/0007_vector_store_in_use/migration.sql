-- Where the vectors lie since a move was switched to, whatever the configuration began with: the store's kind, and where it is. No secrets.
CREATE TABLE vector_store_in_use (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  provider text NOT NULL,
  place    text NOT NULL,
  since    timestamptz(3) NOT NULL DEFAULT now()
);

-- Counts, samples and searches of the new store agreed; nobody is led to one of which that is not known.
ALTER TABLE reindexes ADD COLUMN verified boolean NOT NULL DEFAULT false;
