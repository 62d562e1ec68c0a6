-- Sounds are compared by what is heard, too: SOUND is a Chromaprint.
ALTER TABLE fingerprints DROP CONSTRAINT fingerprints_kind_check;
ALTER TABLE fingerprints ADD CONSTRAINT fingerprints_kind_check CHECK (kind IN ('PIXELS', 'SAMPLES', 'TEXT', 'PICTURE', 'FRAMES', 'WORDS', 'SOUND'));
DROP INDEX fingerprints_bands_idx;
CREATE INDEX fingerprints_bands_idx ON fingerprints USING gin (bands) WITH (fastupdate = off) WHERE kind IN ('PICTURE', 'FRAMES', 'WORDS', 'SOUND');

-- The sounds that are here already get one.
INSERT INTO comparisons_due (object_id, tenant_id) SELECT id, tenant_id FROM data_objects WHERE status = 'READY' AND object_type = 'AUDIO' ORDER BY id
ON CONFLICT (object_id) DO UPDATE SET noted = nextval('comparisons_due_noted_seq');
