-- Bringing an older system's records into the book, and comparing the two.

-- A mapping that a workspace keeps: which column is what (domain/import-mapping.ts).
CREATE TABLE import_mapping (
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name         text           NOT NULL,
  mapping      jsonb          NOT NULL,
  saved_by     text           NOT NULL,
  saved_at     timestamptz(3) NOT NULL,
  CONSTRAINT import_mapping_pkey PRIMARY KEY (workspace_id, name)
);

-- An import and how far it is. What stands here of records, bytes and lines is dealt with for good: who takes it on reads
-- from there.
CREATE TABLE import_run (
  id             uuid           PRIMARY KEY,
  workspace_id   uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  origin         text           NOT NULL CHECK (origin IN ('command', 'upload', 'parity')),
  -- As it was called where it came from; file_path where this machine has it, for an upload.
  file_name      text           NOT NULL,
  file_path      text,
  bytes          bigint         NOT NULL,
  -- SHA-256 of the content, hex.
  fingerprint    text           NOT NULL,
  format         text           NOT NULL,
  mapping_name   text           NOT NULL,
  -- The mapping itself and what was said on top of it: a resumed import is the same import.
  settings       jsonb          NOT NULL,
  parity_run_id  uuid,
  state          text           NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  -- Somebody wants it to stop.
  stop_wanted    boolean        NOT NULL DEFAULT false,
  records        bigint         NOT NULL DEFAULT 0,
  bytes_done     bigint         NOT NULL DEFAULT 0,
  lines_done     bigint         NOT NULL DEFAULT 0,
  stored         bigint         NOT NULL DEFAULT 0,
  duplicates     bigint         NOT NULL DEFAULT 0,
  rejected       bigint         NOT NULL DEFAULT 0,
  without_event  bigint         NOT NULL DEFAULT 0,
  leads_created  bigint         NOT NULL DEFAULT 0,
  report         jsonb          NOT NULL DEFAULT '{"reasons": [], "notices": []}',
  error          text,
  started_by     text           NOT NULL,
  started_at     timestamptz(3) NOT NULL,
  heartbeat_at   timestamptz(3) NOT NULL,
  finished_at    timestamptz(3)
);

CREATE INDEX import_run_list_idx ON import_run (workspace_id, started_at DESC, id DESC);
CREATE INDEX import_run_file_idx ON import_run (workspace_id, fingerprint);
CREATE INDEX import_run_open_idx ON import_run (heartbeat_at) WHERE state = 'running';

-- The records an import refused, as they came, each once. They are no events of the pipeline that somebody waits for, so
-- they do not go to quarantine: a file is put right as a file.
CREATE TABLE import_reject (
  run_id uuid   NOT NULL REFERENCES import_run (id) ON DELETE CASCADE ON UPDATE CASCADE,
  record bigint NOT NULL,
  -- Which of the record's events; '' for all of it.
  event  text   NOT NULL DEFAULT '',
  line   bigint NOT NULL,
  code   text   NOT NULL,
  issues jsonb  NOT NULL DEFAULT '[]',
  raw    text   NOT NULL,
  CONSTRAINT import_reject_pkey PRIMARY KEY (run_id, record, event)
);

-- A comparison of an older system's file with the book.
CREATE TABLE parity_run (
  id           uuid           PRIMARY KEY,
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  file_name    text           NOT NULL,
  file_path    text,
  bytes        bigint         NOT NULL,
  bytes_done   bigint         NOT NULL DEFAULT 0,
  fingerprint  text           NOT NULL,
  mapping_name text           NOT NULL,
  settings     jsonb          NOT NULL,
  -- In which its days are counted.
  time_zone    text           NOT NULL,
  state        text           NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'stopped', 'failed')),
  stop_wanted  boolean        NOT NULL DEFAULT false,
  records      bigint         NOT NULL DEFAULT 0,
  found        bigint         NOT NULL DEFAULT 0,
  missing      bigint         NOT NULL DEFAULT 0,
  different    bigint         NOT NULL DEFAULT 0,
  extra        bigint         NOT NULL DEFAULT 0,
  unreadable   bigint         NOT NULL DEFAULT 0,
  report       jsonb          NOT NULL DEFAULT '{"reasons": [], "notices": []}',
  error        text,
  started_by   text           NOT NULL,
  started_at   timestamptz(3) NOT NULL,
  heartbeat_at timestamptz(3) NOT NULL,
  finished_at  timestamptz(3)
);

CREATE INDEX parity_run_list_idx ON parity_run (workspace_id, started_at DESC, id DESC);

-- Its table: what the older system has, and what of it the book has, by day, type and source.
CREATE TABLE parity_cell (
  run_id    uuid   NOT NULL REFERENCES parity_run (id) ON DELETE CASCADE ON UPDATE CASCADE,
  day       date   NOT NULL,
  type      text   NOT NULL,
  source    text   NOT NULL,
  records   bigint NOT NULL DEFAULT 0,
  found     bigint NOT NULL DEFAULT 0,
  missing   bigint NOT NULL DEFAULT 0,
  different bigint NOT NULL DEFAULT 0,
  extra     bigint NOT NULL DEFAULT 0,
  CONSTRAINT parity_cell_pkey PRIMARY KEY (run_id, day, type, source)
);

-- Each record that is missing or different, each activity that the older system does not have.
CREATE TABLE parity_item (
  run_id      uuid           NOT NULL REFERENCES parity_run (id) ON DELETE CASCADE ON UPDATE CASCADE,
  kind        text           NOT NULL CHECK (kind IN ('missing', 'different', 'extra')),
  number      bigint         NOT NULL,
  -- Where the record stands in the file; of an extra one nothing.
  line        bigint,
  record_key  text,
  activity_id uuid,
  day         date           NOT NULL,
  type        text           NOT NULL,
  source      text           NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  subject     text           NOT NULL,
  description text           NOT NULL,
  -- What differs: field, in the file, in the book.
  differences jsonb          NOT NULL DEFAULT '[]',
  -- How to import it without the file.
  event       jsonb,
  CONSTRAINT parity_item_pkey PRIMARY KEY (run_id, kind, number)
);

CREATE INDEX parity_item_cell_idx ON parity_item (run_id, kind, day, type, source);

-- Which activities a comparison has found already, so that two records never count as the same one. Only while it runs.
CREATE TABLE parity_match (
  run_id      uuid NOT NULL REFERENCES parity_run (id) ON DELETE CASCADE ON UPDATE CASCADE,
  activity_id uuid NOT NULL,
  CONSTRAINT parity_match_pkey PRIMARY KEY (run_id, activity_id)
);
