-- Alerts: rules, where they are sent, what stands and stood, and the outbox of messages.

-- An operator's own names for where messages go. The address and the signing secret are encrypted (platform/seal.ts).
CREATE TABLE alert_channel (
  id            uuid           PRIMARY KEY,
  workspace_id  uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name          text           NOT NULL,
  type          text           NOT NULL CHECK (type IN ('slack', 'webhook')),
  enabled       boolean        NOT NULL DEFAULT true,
  sealed_url    text           NOT NULL,
  -- What may be shown of the address: its origin.
  shown_url     text           NOT NULL,
  sealed_secret text,
  -- Which key it was encrypted with: a process without that key leaves it alone.
  key_id        text           NOT NULL,
  failures      integer        NOT NULL DEFAULT 0,
  failing_since timestamptz(3),
  last_error    text,
  last_ok_at    timestamptz(3),
  created_by    text           NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  updated_at    timestamptz(3) NOT NULL
);
CREATE INDEX alert_channel_workspace_idx ON alert_channel (workspace_id, created_at);

CREATE TABLE alert_rule (
  id                   uuid           PRIMARY KEY,
  workspace_id         uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  kind                 text           NOT NULL,
  name                 text           NOT NULL,
  -- One of each kind comes with the workspace; it can be switched off, not deleted.
  is_default           boolean        NOT NULL DEFAULT false,
  enabled              boolean        NOT NULL DEFAULT true,
  severity             text           NOT NULL CHECK (severity IN ('warning', 'critical')),
  params               jsonb          NOT NULL,
  -- Of these sources alone; empty for all.
  sources              text[]         NOT NULL DEFAULT '{}',
  all_channels         boolean        NOT NULL DEFAULT true,
  channel_ids          uuid[]         NOT NULL DEFAULT '{}',
  quiet                jsonb          NOT NULL DEFAULT '[]',
  quiet_holds_critical boolean        NOT NULL DEFAULT false,
  remind_minutes       integer        NOT NULL,
  muted_until          timestamptz(3),
  -- What keeps it from being evaluated.
  last_error           text,
  failing_since        timestamptz(3),
  updated_by           text,
  created_at           timestamptz(3) NOT NULL,
  updated_at           timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX alert_rule_default_key ON alert_rule (workspace_id, kind) WHERE is_default;
CREATE INDEX alert_rule_workspace_idx ON alert_rule (workspace_id, created_at);

CREATE TABLE alert (
  id                uuid           PRIMARY KEY,
  workspace_id      uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  -- Stays when its rule is deleted.
  rule_id           uuid           REFERENCES alert_rule (id) ON DELETE SET NULL ON UPDATE CASCADE,
  kind              text           NOT NULL,
  subject           text           NOT NULL,
  severity          text           NOT NULL,
  state             text           NOT NULL CHECK (state IN ('open', 'resolved')),
  title             text           NOT NULL,
  summary           text           NOT NULL,
  facts             jsonb          NOT NULL DEFAULT '[]',
  path              text,
  opened_at         timestamptz(3) NOT NULL,
  last_seen_at      timestamptz(3) NOT NULL,
  -- Since when nothing of it is seen any more: it is resolved after a while.
  calm_since        timestamptz(3),
  resolved_at       timestamptz(3),
  -- When its channels were told last, and of which severity.
  notified_at       timestamptz(3),
  notified_severity text,
  acknowledged_at   timestamptz(3),
  acknowledged_by   text,
  muted_until       timestamptz(3)
);
-- One rule has one open alert for one subject.
CREATE UNIQUE INDEX alert_open_key ON alert (workspace_id, rule_id, subject) WHERE state = 'open';
CREATE INDEX alert_list_idx ON alert (workspace_id, state, opened_at DESC, id DESC);

-- The outbox.
CREATE TABLE alert_delivery (
  id           uuid           PRIMARY KEY,
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  alert_id     uuid           NOT NULL REFERENCES alert (id) ON DELETE CASCADE ON UPDATE CASCADE,
  channel_id   uuid           NOT NULL REFERENCES alert_channel (id) ON DELETE CASCADE ON UPDATE CASCADE,
  event        text           NOT NULL CHECK (event IN ('opened', 'reminder', 'resolved')),
  message      jsonb          NOT NULL,
  state        text           NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
  attempts     integer        NOT NULL DEFAULT 0,
  -- While a process is sending it, the end of its claim.
  next_try_at  timestamptz(3) NOT NULL,
  last_status  integer,
  last_error   text,
  created_at   timestamptz(3) NOT NULL,
  finished_at  timestamptz(3)
);
CREATE INDEX alert_delivery_due_idx ON alert_delivery (next_try_at) WHERE state = 'waiting';
CREATE INDEX alert_delivery_alert_idx ON alert_delivery (alert_id, created_at);
CREATE INDEX alert_delivery_channel_idx ON alert_delivery (channel_id) WHERE state = 'waiting';

-- Up to when a person has looked.
CREATE TABLE alert_read (
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  user_id      uuid           NOT NULL REFERENCES account_user (id) ON DELETE CASCADE ON UPDATE CASCADE,
  read_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);

-- What each server process says of itself.
CREATE TABLE alert_process (
  id        uuid           PRIMARY KEY,
  -- Machine and data folder: processes that share a place share its spools.
  place     text           NOT NULL,
  records   integer        NOT NULL,
  bytes     bigint         NOT NULL,
  max_bytes bigint         NOT NULL,
  oldest_at timestamptz(3),
  damaged   integer        NOT NULL,
  beat_at   timestamptz(3) NOT NULL
);

-- How far the rhythm of sources has been learned, and when rules were evaluated last. One row.
CREATE TABLE alert_progress (
  id           integer        PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  learned_seq  bigint         NOT NULL DEFAULT 0,
  evaluated_at timestamptz(3)
);
INSERT INTO alert_progress (id) VALUES (1);

CREATE TABLE alert_source (
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  source       text           NOT NULL,
  first_at     timestamptz(3) NOT NULL,
  last_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, source)
);

-- The five-minute spans in which something arrived from a source: its rhythm.
CREATE TABLE alert_source_slot (
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  source       text           NOT NULL,
  at           timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, source, at)
);
CREATE INDEX alert_source_slot_at_idx ON alert_source_slot (at);

-- Attempts to sign in that failed, by minute. Never what was typed as a password.
CREATE TABLE alert_failed_login (
  minute   timestamptz(3) NOT NULL,
  account  text           NOT NULL,
  address  text           NOT NULL,
  attempts integer        NOT NULL,
  PRIMARY KEY (minute, account, address)
);

-- What rules look for in the book and in quarantine: few rows, so that it costs inserts next to nothing.
CREATE INDEX activity_failed_idx ON activity (workspace_id, occurred_at DESC)
  WHERE success IS FALSE OR severity = 'ERROR' OR type = 'MESSAGE_FAILED';
CREATE INDEX quarantine_recent_idx ON quarantine (workspace_id, last_received_at DESC);
