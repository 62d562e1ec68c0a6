-- From which similarity on the pairs in each model's space are kept. Where a process brings a lower bound, what has vectors of that model
-- is compared again. A model that is not here was compared from 0.9 on, as all were at first.
CREATE TABLE pairs_kept (
  model_name text PRIMARY KEY,
  similarity real NOT NULL
);
