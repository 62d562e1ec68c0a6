-- Names are ordered by code points, as the API says, whatever the order of the database's own language. The indexes follow.
ALTER TABLE data_objects ALTER COLUMN filename TYPE text COLLATE "C";

-- Nulls are last in both directions, so that one index cannot be read both ways.
CREATE INDEX data_objects_page_name_desc_idx ON data_objects (tenant_id, filename DESC NULLS LAST, id DESC);

-- What failed is what is looked for, and rare among what did not.
CREATE INDEX data_objects_failed_idx ON data_objects (tenant_id, created_at DESC, id DESC) WHERE status = 'FAILED';
CREATE INDEX ingestions_failed_idx ON ingestions (tenant_id, created_at DESC, id DESC) WHERE status = 'FAILED';

-- Sessions are kept; those that the store may still hold parts of are few.
CREATE INDEX upload_sessions_multipart_idx ON upload_sessions (id) WHERE store_upload_id IS NOT NULL;
