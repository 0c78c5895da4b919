-- Where an event waits that could be read but not be stored as it is.

CREATE TABLE quarantine (
  id                   uuid           PRIMARY KEY,
  workspace_id         uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  door                 text           NOT NULL,
  -- Type and source as far as the body names them, for lists.
  type                 text,
  source               text,
  -- json, not jsonb: the order of its members and the digits of its numbers stay as they came.
  body                 json           NOT NULL,
  body_hash            text           NOT NULL,
  idempotency_key      text,
  created_by           uuid,
  code                 text           NOT NULL,
  message              text           NOT NULL,
  issues               jsonb          NOT NULL DEFAULT '[]',
  received_at          timestamptz(3) NOT NULL,
  last_received_at     timestamptz(3) NOT NULL,
  original_occurred_at timestamptz(3),
  -- How often the same body came again.
  repeats              integer        NOT NULL DEFAULT 0,
  state                text           NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'replayed', 'discarded')),
  retry_count          integer        NOT NULL DEFAULT 0,
  next_retry_at        timestamptz(3),
  last_error           text,
  edited_body          json,
  edited_by            text,
  edited_at            timestamptz(3),
  resolved_activity_id uuid,
  resolved_by          text,
  resolved_at          timestamptz(3),
  discard_reason       text
);

-- One entry for one body, however often it is sent. What was sent under an idempotency key and is in the book by now is
-- that same event for good; without a key the same body later on is another event.
CREATE UNIQUE INDEX quarantine_body_key ON quarantine (workspace_id, body_hash)
  WHERE state = 'waiting' OR (state = 'replayed' AND idempotency_key IS NOT NULL);
CREATE INDEX quarantine_list_idx ON quarantine (workspace_id, state, received_at DESC, id DESC);
CREATE INDEX quarantine_due_idx ON quarantine (next_retry_at) WHERE state = 'waiting' AND next_retry_at IS NOT NULL;
CREATE INDEX quarantine_activity_idx ON quarantine (resolved_activity_id) WHERE resolved_activity_id IS NOT NULL;

-- A replay of many at once: what it is about, and how far it is.
CREATE TABLE quarantine_replay (
  id              uuid           PRIMARY KEY,
  workspace_id    uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  filter          jsonb          NOT NULL,
  state           text           NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
  total           integer        NOT NULL,
  succeeded       integer        NOT NULL DEFAULT 0,
  failed          integer        NOT NULL DEFAULT 0,
  started_by      text           NOT NULL,
  started_at      timestamptz(3) NOT NULL,
  finished_at     timestamptz(3),
  -- The last entry it has dealt with; the process that works on it says now and then that it lives.
  last_received_at timestamptz(3),
  last_id         uuid,
  heartbeat_at    timestamptz(3) NOT NULL
);

CREATE INDEX quarantine_replay_running_idx ON quarantine_replay (heartbeat_at) WHERE state = 'running';
CREATE INDEX quarantine_replay_list_idx ON quarantine_replay (workspace_id, started_at DESC);
