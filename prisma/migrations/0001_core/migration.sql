-- The core: objects and what is known of them. Ids are UUIDv7, given by the program. Times are to the millisecond, so that a
-- cursor holds the very value that a row holds. Every unique key begins with the tenant.

CREATE TABLE data_objects (
  id               uuid PRIMARY KEY,
  tenant_id        text NOT NULL,
  object_type      text NOT NULL CHECK (object_type IN ('TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'DOCUMENT')),
  status           text NOT NULL CHECK (status IN ('PROCESSING', 'READY', 'FAILED')),
  content_hash     text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
  storage_location text NOT NULL,
  storage_tier     text NOT NULL DEFAULT 'STANDARD' CHECK (storage_tier IN ('STANDARD', 'INFREQUENT_ACCESS', 'ARCHIVE')),
  restore_state    text NOT NULL DEFAULT 'NONE' CHECK (restore_state IN ('NONE', 'IN_PROGRESS', 'AVAILABLE')),
  filename         text,
  mime_type        text NOT NULL,
  file_size_bytes  bigint NOT NULL CHECK (file_size_bytes > 0),
  metadata         jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  -- What was measured about the content itself: size of a picture, length of a sound. Never the user's words.
  facts            jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
  version          integer NOT NULL DEFAULT 1,
  is_deleted       boolean NOT NULL DEFAULT false,
  created_at       timestamptz(3) NOT NULL DEFAULT now(),
  updated_at       timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX data_objects_object_type_idx ON data_objects (object_type);
CREATE INDEX data_objects_created_at_idx ON data_objects (created_at DESC);
CREATE INDEX data_objects_metadata_idx ON data_objects USING gin (metadata jsonb_path_ops);
-- One live object a content and tenant; what is in the bin does not count.
CREATE UNIQUE INDEX data_objects_live_content_key ON data_objects (tenant_id, content_hash) WHERE NOT is_deleted;
CREATE INDEX data_objects_content_idx ON data_objects (tenant_id, content_hash);
-- The list's default order, and the other orders that lists offer.
CREATE INDEX data_objects_page_created_idx ON data_objects (tenant_id, created_at DESC, id DESC);
CREATE INDEX data_objects_page_updated_idx ON data_objects (tenant_id, updated_at DESC, id DESC);
CREATE INDEX data_objects_page_size_idx ON data_objects (tenant_id, file_size_bytes, id);
CREATE INDEX data_objects_page_name_idx ON data_objects (tenant_id, filename, id);

-- What could be read out of an object: apart from its row, so that lists never carry it.
CREATE TABLE object_texts (
  object_id uuid PRIMARY KEY REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id text NOT NULL,
  text      text NOT NULL,
  pages     jsonb NOT NULL DEFAULT '[]'
);

-- The bytes, once a tenant and content, however many rows refer to them. They go with the last reference, decided under this row's lock.
CREATE TABLE blobs (
  tenant_id       text NOT NULL,
  content_hash    text NOT NULL,
  storage_key     text NOT NULL,
  size_bytes      bigint NOT NULL,
  mime_type       text NOT NULL,
  reference_count integer NOT NULL CHECK (reference_count >= 0),
  -- New with each insertion: whoever reserved the row before writing the bytes can tell that it is still the same one after.
  incarnation     uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, content_hash)
);

CREATE TABLE upload_sessions (
  id              uuid PRIMARY KEY,
  tenant_id       text NOT NULL,
  status          text NOT NULL CHECK (status IN ('PENDING', 'VERIFYING', 'COMPLETED', 'REJECTED', 'ABORTED', 'EXPIRED')),
  filename        text NOT NULL,
  file_size_bytes bigint NOT NULL CHECK (file_size_bytes > 0),
  content_hash    text,
  object_type     text,
  metadata        jsonb NOT NULL DEFAULT '{}',
  staging_key     text NOT NULL,
  part_size       bigint,
  part_count      integer NOT NULL DEFAULT 0,
  store_upload_id text,
  object_id       uuid,
  ingestion_id    uuid,
  -- The object whose content this upload is to replace.
  replaces        uuid,
  deduplicated    boolean NOT NULL DEFAULT false,
  error           jsonb,
  created_by      text NOT NULL,
  -- Who verifies it now, and until when that claim holds without a heartbeat.
  verifier        uuid,
  verifier_until  timestamptz(3),
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  expires_at      timestamptz(3) NOT NULL
);
CREATE INDEX upload_sessions_expiry_idx ON upload_sessions (status, expires_at);

CREATE TABLE ingestions (
  id           uuid PRIMARY KEY,
  tenant_id    text NOT NULL,
  object_id    uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  status       text NOT NULL CHECK (status IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
  stage        text NOT NULL CHECK (stage IN ('STORE', 'EXTRACT', 'EMBED', 'INDEX', 'ANNOTATE', 'DONE')),
  progress     double precision NOT NULL DEFAULT 0,
  attempts     integer NOT NULL DEFAULT 0,
  -- Runs that had this one alone in hand and have not ended: what a worker dies over alone, it died of.
  runs_alone   smallint NOT NULL DEFAULT 0,
  error        jsonb,
  warnings     jsonb NOT NULL DEFAULT '[]',
  -- The lease: every write of a worker names the epoch that it was given; a later claim raises it.
  lease_epoch  integer NOT NULL DEFAULT 0,
  lease_owner  uuid,
  lease_until  timestamptz(3),
  -- When a failed attempt is tried again.
  retry_at     timestamptz(3),
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  updated_at   timestamptz(3) NOT NULL DEFAULT now(),
  finished_at  timestamptz(3)
);
CREATE INDEX ingestions_object_idx ON ingestions (object_id, created_at DESC, id DESC);
CREATE INDEX ingestions_page_idx ON ingestions (tenant_id, created_at DESC, id DESC);
CREATE INDEX ingestions_open_idx ON ingestions (status, lease_until) WHERE status IN ('QUEUED', 'RUNNING');

-- What is embedded, ranked and shown: stretches of an object's text, and one more of its fields for words alone.
CREATE TABLE passages (
  id            uuid PRIMARY KEY,
  ordinal       bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id     text NOT NULL,
  object_id     uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  kind          text NOT NULL CHECK (kind IN ('content', 'fields')),
  position      integer NOT NULL,
  text          text NOT NULL,
  start_offset  integer NOT NULL DEFAULT 0,
  end_offset    integer NOT NULL DEFAULT 0,
  page          integer,
  start_seconds double precision,
  UNIQUE (tenant_id, object_id, kind, position)
);
CREATE INDEX passages_object_idx ON passages (object_id);

CREATE TABLE annotations (
  id              uuid PRIMARY KEY,
  tenant_id       text NOT NULL,
  object_id       uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  annotator_id    text NOT NULL,
  annotation_type text NOT NULL CHECK (annotation_type IN
    ('CLASSIFICATION', 'EXTRACTION', 'SUMMARY', 'DETECTION', 'TRANSCRIPTION', 'CAPTION', 'OTHER')),
  content         jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
  confidence      double precision CHECK (confidence >= 0 AND confidence <= 1),
  version         integer NOT NULL DEFAULT 1,
  is_deleted      boolean NOT NULL DEFAULT false,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  updated_at      timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX annotations_object_id_idx ON annotations (object_id, created_at DESC, id DESC);
CREATE INDEX annotations_annotation_type_idx ON annotations (annotation_type);
CREATE INDEX annotations_page_idx ON annotations (tenant_id, created_at DESC, id DESC);
CREATE INDEX annotations_annotator_idx ON annotations (tenant_id, annotator_id);
-- A system annotator says its thing once an object, however often its job runs.
CREATE UNIQUE INDEX annotations_system_key ON annotations (tenant_id, object_id, annotator_id, annotation_type)
  WHERE annotator_id LIKE 'system:%' AND NOT is_deleted;

CREATE TABLE embeddings (
  id           uuid PRIMARY KEY,
  tenant_id    text NOT NULL,
  object_id    uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  passage_id   uuid REFERENCES passages (id) ON DELETE CASCADE,
  model_name   text NOT NULL,
  dimensions   integer NOT NULL CHECK (dimensions > 0),
  vector_db_id text NOT NULL,
  metadata     jsonb NOT NULL DEFAULT '{}',
  created_at   timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX embeddings_object_id_idx ON embeddings (object_id);
CREATE INDEX embeddings_model_name_idx ON embeddings (model_name);
CREATE INDEX embeddings_passage_idx ON embeddings (passage_id);

CREATE TABLE aggregations (
  id               uuid PRIMARY KEY,
  tenant_id        text NOT NULL,
  aggregation_type text NOT NULL,
  -- What was asked for: {"objectIds": […]} or {"filter": {…}}. The objects themselves are rows of aggregation_sources.
  sources          jsonb NOT NULL,
  source_count     integer NOT NULL,
  parameters       jsonb NOT NULL DEFAULT '{}',
  result           jsonb NOT NULL,
  created_by       text NOT NULL,
  created_at       timestamptz(3) NOT NULL DEFAULT now(),
  computed_at      timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX aggregations_page_idx ON aggregations (tenant_id, created_at DESC, id DESC);

CREATE TABLE aggregation_sources (
  aggregation_id uuid NOT NULL REFERENCES aggregations (id) ON DELETE CASCADE,
  object_id      uuid NOT NULL REFERENCES data_objects (id) ON DELETE CASCADE,
  tenant_id      text NOT NULL,
  PRIMARY KEY (aggregation_id, object_id, tenant_id)
);
CREATE INDEX aggregation_sources_object_idx ON aggregation_sources (object_id);

-- What happened to objects, for subscriptions that go on where they broke. A reader shows only what lies below the oldest
-- transaction still under way, so that a late commit is never skipped.
CREATE TABLE events (
  sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  tenant_id   text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('CREATED', 'UPDATED', 'DELETED', 'UNDELETED', 'PURGED')),
  object_id   uuid NOT NULL,
  version     integer,
  -- The object before and after, as far as filters look at it.
  old_state   jsonb,
  new_state   jsonb,
  occurred_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX events_tenant_idx ON events (tenant_id, transaction, sequence);
CREATE INDEX events_age_idx ON events (occurred_at);

CREATE TABLE idempotency_keys (
  tenant_id  text NOT NULL,
  key        text NOT NULL,
  operation  text NOT NULL,
  input_hash text NOT NULL,
  -- Ids of what was made, so that the answer is read afresh.
  response   jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_age_idx ON idempotency_keys (created_at);

-- What a purge removed, so that asking again answers the same.
CREATE TABLE purges (
  tenant_id   text NOT NULL,
  object_id   uuid NOT NULL,
  bytes_freed bigint NOT NULL DEFAULT 0,
  annotations integer NOT NULL,
  embeddings  integer NOT NULL,
  purged_at   timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, object_id)
);

-- Raised after each change that a search could see; part of every cached answer's key.
CREATE TABLE tenant_generations (
  tenant_id  text PRIMARY KEY,
  generation bigint NOT NULL DEFAULT 1
);

-- Work that spans bytes, rows, vectors and cache: intent before effect, compensation on failure.
CREATE TABLE sagas (
  id          uuid PRIMARY KEY,
  tenant_id   text NOT NULL,
  kind        text NOT NULL,
  status      text NOT NULL CHECK (status IN ('RUNNING', 'COMPENSATING', 'DONE', 'COMPENSATED', 'STUCK')),
  payload     jsonb NOT NULL,
  -- Steps whose intent is recorded, in order: [{"name", "state": "INTENDED" | "DONE" | "COMPENSATED"}].
  steps       jsonb NOT NULL DEFAULT '[]',
  attempts    integer NOT NULL DEFAULT 0,
  last_error  text,
  owner       uuid,
  owner_until timestamptz(3),
  created_at  timestamptz(3) NOT NULL DEFAULT now(),
  updated_at  timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX sagas_open_idx ON sagas (status, owner_until) WHERE status IN ('RUNNING', 'COMPENSATING', 'STUCK');
CREATE INDEX sagas_ended_idx ON sagas (updated_at) WHERE status IN ('DONE', 'COMPENSATED');
