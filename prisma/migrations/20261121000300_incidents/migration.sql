-- What operators look back at: which processes ran, what went wrong and when, and how much each source usually sends.

-- A process that stops in good order says so; one that is gone without was killed.
CREATE TABLE server_process (
  id         uuid           PRIMARY KEY,
  place      text           NOT NULL,
  identity   jsonb          NOT NULL,
  started_at timestamptz(3) NOT NULL,
  beat_at    timestamptz(3) NOT NULL,
  stopped_at timestamptz(3)
);
CREATE INDEX server_process_running_idx ON server_process (beat_at) WHERE stopped_at IS NULL;

CREATE TABLE incident (
  id         uuid           PRIMARY KEY,
  kind       text           NOT NULL CHECK (kind IN ('database_away', 'spool_in_use', 'live_lagging', 'process_killed')),
  process_id uuid           NOT NULL,
  place      text           NOT NULL,
  opened_at  timestamptz(3) NOT NULL,
  closed_at  timestamptz(3),
  detail     text           NOT NULL
);
CREATE INDEX incident_opened_idx ON incident (opened_at DESC, id DESC);

-- Events of each source by ten minutes of the time at which they happened, and how long they took to be recorded: counts
-- by the bounds in ops/health/lag.ts.
CREATE TABLE source_rate (
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  bucket_at    timestamptz(3) NOT NULL,
  source       text           NOT NULL,
  events       integer        NOT NULL,
  lags         integer[]      NOT NULL,
  PRIMARY KEY (workspace_id, bucket_at, source)
);
CREATE INDEX source_rate_bucket_idx ON source_rate (bucket_at);

CREATE TABLE source_state (
  workspace_id     uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  source           text           NOT NULL,
  first_at         timestamptz(3) NOT NULL,
  last_occurred_at timestamptz(3) NOT NULL,
  last_recorded_at timestamptz(3) NOT NULL,
  events           bigint         NOT NULL,
  PRIMARY KEY (workspace_id, source)
);
CREATE INDEX source_state_recent_idx ON source_state (workspace_id, last_recorded_at DESC);

-- Up to which position of the book the sources have been counted. One row.
CREATE TABLE source_progress (
  id  integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  seq bigint  NOT NULL DEFAULT 0
);
INSERT INTO source_progress DEFAULT VALUES;

-- What waits, by reason, without looking at what waits no more.
CREATE INDEX quarantine_waiting_idx ON quarantine (workspace_id, code, received_at) WHERE state = 'waiting';
