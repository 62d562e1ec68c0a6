-- What an upload is for: to become an object, or to ask with once and be gone with its session.
ALTER TABLE upload_sessions ADD COLUMN purpose text NOT NULL DEFAULT 'OBJECT' CHECK (purpose IN ('OBJECT', 'QUERY'));
-- How many of the latter somebody has open.
CREATE INDEX upload_sessions_queries_idx ON upload_sessions (tenant_id, created_by) WHERE purpose = 'QUERY' AND status = 'PENDING';
