-- The one activity table: partitioned by month of occurred_at, append-only, written in lane order.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE SEQUENCE activity_seq AS bigint CACHE 1;

-- Digits of a phone number as domain/lead.ts keeps them: separators and a leading + or 00 gone,
-- and the 1 of a North American number too, so that 408-555-1234 and +1 (408) 555-1234 are one.
CREATE FUNCTION phone_digits(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  regexp_replace(regexp_replace(p_text, '\D', '', 'g'), '^(00)?(1(?=\d{10}$))?', '');

-- The searchable text of an activity. Whole e-mails, ids and phone digits are added as they are, because the
-- parser splits or mangles them. Text is capped: a tsvector over 1 MB would fail the INSERT.
CREATE FUNCTION activity_search_vector(
  p_description text, p_message text, p_metadata jsonb, p_subject_ref text, p_execution_id text, p_source text
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  to_tsvector('english', left(p_description || ' ' || coalesce(p_message, ''), 200000))
  || coalesce(jsonb_to_tsvector('english', p_metadata, '["string", "numeric"]'), ''::tsvector)
  || array_to_tsvector(array_remove(ARRAY[
       lower(nullif(p_execution_id, '')),
       lower(nullif(p_source, '')),
       lower(nullif(substr(p_subject_ref, strpos(p_subject_ref, ':') + 1), '')),
       nullif(phone_digits(p_metadata ->> 'phone'), '')
     ], NULL));

CREATE TABLE activity (
  id               uuid           NOT NULL,
  seq              bigint         NOT NULL DEFAULT nextval('activity_seq'),
  workspace_id     uuid           NOT NULL,
  door             text           NOT NULL CHECK (door IN ('lead', 'user', 'workspace', 'request', 'integration')),
  type             text           NOT NULL,
  category         text           NOT NULL,
  occurred_at      timestamptz(3) NOT NULL,
  recorded_at      timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  subject_key      text,
  subject_ref      text,
  lead_airtable_id text,
  description      text           NOT NULL,
  message          text,
  metadata         jsonb,
  source           text           NOT NULL,
  execution_id     text,
  actor_type       text           CHECK (actor_type IN ('USER', 'SYSTEM', 'WORKER', 'INTEGRATION')),
  actor_id         text,
  actor_label      text,
  created_by       uuid,
  entity_type      text,
  entity_id        text,
  brand_id         text,
  visibility       text           NOT NULL DEFAULT 'INTERNAL' CHECK (visibility IN ('INTERNAL', 'CLIENT', 'SYSTEM')),
  severity         text           NOT NULL DEFAULT 'INFO' CHECK (severity IN ('INFO', 'WARNING', 'ERROR')),
  status           text,
  success          boolean,
  error_code       text,
  error_message    text,
  duration_ms      integer,
  session_id       text,
  url              text,
  http_method      text,
  http_status      integer,
  direction        text           CHECK (direction IN ('outgoing', 'incoming')),
  call_id          uuid,
  ip               inet,
  user_agent       text,
  tags             text[],
  search           tsvector       GENERATED ALWAYS AS (
    activity_search_vector(description, message, metadata, subject_ref, execution_id, source)
  ) STORED,
  CONSTRAINT activity_pkey PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX activity_seq_idx ON activity (seq);
CREATE INDEX activity_feed_idx ON activity (workspace_id, occurred_at DESC, id DESC);
CREATE INDEX activity_subject_idx ON activity (workspace_id, subject_key, occurred_at DESC, id DESC);
CREATE INDEX activity_type_idx ON activity (workspace_id, type, occurred_at DESC, id DESC);
CREATE INDEX activity_search_idx ON activity USING gin (search);

-- Headers and bodies of integration calls: large, and gone after a while although the fact stays.
CREATE TABLE activity_payload (
  activity_id      uuid           NOT NULL,
  occurred_at      timestamptz(3) NOT NULL,
  workspace_id     uuid           NOT NULL,
  request_headers  jsonb,
  request_body     jsonb,
  response_headers jsonb,
  response_body    jsonb,
  CONSTRAINT activity_payload_pkey PRIMARY KEY (activity_id, occurred_at)
) PARTITION BY RANGE (occurred_at);

-- Append-only, for the owner too. Only a function that runs as historybook_eraser passes.

DO $$
BEGIN
  CREATE ROLE historybook_eraser NOLOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'Historybook needs the role historybook_eraser and may not create it'
      USING HINT = 'Connect once as a role with CREATEROLE, or run: CREATE ROLE historybook_eraser NOLOGIN';
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'historybook_eraser' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION '% of % is refused: the history book is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
          HINT = 'Erasure of personal data and retention have functions of their own, which leave a record.';
END $$;

CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON activity
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The append lane: order of seq = order of visibility, because one transaction at a time draws numbers
-- and the lock is held until its commit.

CREATE FUNCTION take_append_lane() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(x'48495354'::int, x'424f4f4b'::int)
$$;

CREATE FUNCTION enter_append_lane() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM take_append_lane();
  RETURN NULL;
END $$;

-- Statement triggers do not reach a partition that is addressed directly: every partition gets its own.
CREATE FUNCTION guard_activity_table(p_table regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER activity_no_truncate BEFORE TRUNCATE ON %s
                  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', p_table);
  EXECUTE format('CREATE TRIGGER activity_lane BEFORE INSERT ON %s
                  FOR EACH STATEMENT EXECUTE FUNCTION enter_append_lane()', p_table);
END $$;

SELECT guard_activity_table('activity');

-- The default partitions stay empty; a row in one raises an alarm, for its month can no longer be made.
CREATE TABLE activity_default PARTITION OF activity DEFAULT;
SELECT guard_activity_table('activity_default');
CREATE TABLE activity_payload_default PARTITION OF activity_payload DEFAULT;

-- Makes the partitions of the month (UTC) that holds p_at. Safe to call at any time by anyone at once.
-- Returns true when the month was new.
CREATE FUNCTION ensure_activity_month(p_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_from timestamp := date_trunc('month', p_at AT TIME ZONE 'UTC');
  v_to   timestamp := v_from + interval '1 month';
  v_name text := 'activity_' || to_char(v_from, 'YYYY_MM');
  v_side text := 'activity_payload_' || to_char(v_from, 'YYYY_MM');
  v_gin  regclass;
BEGIN
  IF to_regclass(v_name) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(x'48495354'::int, x'4d4f4e54'::int);
  -- Of the catalogue itself: to_regclass() still remembers what it answered before the wait.
  IF EXISTS (SELECT FROM pg_class WHERE relname = v_name AND relnamespace = current_schema()::regnamespace) THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE activity INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED)', v_name);
  PERFORM guard_activity_table(v_name::regclass);
  EXECUTE format('ALTER TABLE activity ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 v_name, v_from AT TIME ZONE 'UTC', v_to AT TIME ZONE 'UTC');
  EXECUTE format('CREATE TABLE %I PARTITION OF activity_payload FOR VALUES FROM (%L) TO (%L)',
                 v_side, v_from AT TIME ZONE 'UTC', v_to AT TIME ZONE 'UTC');
  -- Small pending lists keep the slowest insert short at the same throughput.
  SELECT i.indexrelid INTO v_gin
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
   WHERE i.indrelid = v_name::regclass AND m.amname = 'gin';
  EXECUTE format('ALTER INDEX %s SET (gin_pending_list_limit = 64)', v_gin);
  RETURN true;
END $$;
