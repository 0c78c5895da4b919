-- append_activities: the one INSERT into the book. Takes a batch as a JSON array (one object per activity, keys as the
-- columns of activity plus lead_id, lead_email, lead_phone, idempotency_key, body_hash) and answers one row per
-- activity, in order:
--   stored          the activity is in the book, under this id (also when this very id was there already)
--   duplicate       its idempotency key, or its body, is in the book under the returned id
--   conflict        its idempotency key is in the book with another body
--   unknown_lead    lead_id names no lead of this workspace
--   ambiguous_lead  its e-mail or phone number belongs to several leads
--   lead_mismatch   its references name different leads
-- Lock order, here and everywhere: lead rows by id, idempotency keys sorted, lane.

CREATE TYPE append_input AS (
  id uuid, workspace_id uuid, door text, type text, category text, occurred_at timestamptz,
  lead_id uuid, lead_airtable_id text, lead_email text, lead_phone text, subject_key text,
  description text, message text, metadata jsonb, source text, execution_id text,
  actor_type text, actor_id text, actor_label text, created_by uuid,
  entity_type text, entity_id text, brand_id text, visibility text, severity text,
  status text, success boolean, error_code text, error_message text, duration_ms integer,
  session_id text, url text, http_method text, http_status integer, direction text, call_id uuid,
  ip inet, user_agent text, tags text[],
  idempotency_key text, body_hash text
);

-- Which lead each input is about. The strongest reference decides (lead id, Airtable id, e-mail, phone);
-- weaker ones that are known must agree with it. An input of no known lead keeps the key it came with.
CREATE FUNCTION resolve_leads(p_in append_input[])
RETURNS TABLE (ord bigint, outcome text, lead uuid, subject_ref text) LANGUAGE sql STABLE AS $$
  WITH input AS MATERIALIZED (
    SELECT i.ordinality AS ord, i.workspace_id, i.lead_id, i.lead_airtable_id, i.lead_email, i.lead_phone, i.subject_key,
           by_id.ids AS by_id, by_airtable.ids AS by_airtable, by_email.ids AS by_email, by_phone.ids AS by_phone
      FROM unnest(p_in) WITH ORDINALITY i
      LEFT JOIN LATERAL (SELECT array_agg(l.id) AS ids FROM leads l
        WHERE l.id = i.lead_id AND l.workspace_id = i.workspace_id) by_id ON i.lead_id IS NOT NULL
      LEFT JOIN LATERAL (SELECT array_agg(l.id) AS ids FROM leads l
        WHERE l.workspace_id = i.workspace_id AND l.airtable_record_id = i.lead_airtable_id) by_airtable
        ON i.lead_airtable_id IS NOT NULL
      LEFT JOIN LATERAL (SELECT array_agg(l.id) AS ids FROM leads l
        WHERE l.workspace_id = i.workspace_id AND l.email_key = i.lead_email AND l.archived_at IS NULL) by_email
        ON i.lead_email IS NOT NULL
      LEFT JOIN LATERAL (SELECT array_agg(l.id) AS ids FROM leads l
        WHERE l.workspace_id = i.workspace_id AND l.phone_key = i.lead_phone AND l.archived_at IS NULL) by_phone
        ON i.lead_phone IS NOT NULL
  ), strongest AS (
    SELECT *, CASE
        WHEN lead_id IS NOT NULL THEN by_id
        WHEN lead_airtable_id IS NOT NULL THEN by_airtable
        WHEN lead_email IS NOT NULL THEN by_email
        ELSE by_phone END AS candidates
      FROM input
  ), agreed AS (
    SELECT *, ARRAY(SELECT c FROM unnest(candidates) c
        WHERE (by_airtable IS NULL OR c = ANY (by_airtable))
          AND (by_email IS NULL OR c = ANY (by_email))
          AND (by_phone IS NULL OR c = ANY (by_phone))) AS agreeing
      FROM strongest
  )
  SELECT ord,
    CASE
      WHEN lead_id IS NOT NULL AND by_id IS NULL THEN 'unknown_lead'
      WHEN candidates IS NOT NULL AND cardinality(agreeing) = 0 THEN 'lead_mismatch'
      WHEN cardinality(agreeing) > 1 THEN 'ambiguous_lead'
    END,
    CASE WHEN cardinality(agreeing) = 1 THEN agreeing[1] END,
    CASE
      WHEN lead_id IS NOT NULL THEN 'lead:' || lead_id
      WHEN lead_airtable_id IS NOT NULL THEN 'airtable:' || lead_airtable_id
      WHEN lead_email IS NOT NULL THEN 'email:' || lead_email
      WHEN lead_phone IS NOT NULL THEN 'phone:' || lead_phone
      ELSE subject_key END
  FROM agreed
$$;

CREATE FUNCTION append_activities(p_rows json)
RETURNS TABLE (
  ord bigint, outcome text, id uuid, occurred_at timestamptz, recorded_at timestamptz, seq bigint, lead_id uuid
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_in      append_input[];
  v_outcome text[];
  v_lead    uuid[];
  v_ref     text[];
BEGIN
  SELECT array_agg(r) INTO v_in FROM json_populate_recordset(NULL::append_input, p_rows) r;
  IF v_in IS NULL THEN
    RETURN;
  END IF;

  SELECT array_agg(r.outcome ORDER BY r.ord), array_agg(r.lead ORDER BY r.ord), array_agg(r.subject_ref ORDER BY r.ord)
    INTO v_outcome, v_lead, v_ref
    FROM resolve_leads(v_in) r;

  PERFORM 1 FROM leads l WHERE l.id = ANY (v_lead) ORDER BY l.id FOR NO KEY UPDATE;

  INSERT INTO activity_key (workspace_id, key, activity_id, occurred_at, body_hash)
  SELECT i.workspace_id, i.idempotency_key, i.id, i.occurred_at, i.body_hash
    FROM unnest(v_in) WITH ORDINALITY i
   WHERE i.idempotency_key IS NOT NULL AND v_outcome[i.ordinality] IS NULL
   ORDER BY i.workspace_id, i.idempotency_key, i.ordinality
  ON CONFLICT DO NOTHING;

  PERFORM take_append_lane();

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT i.*, v_lead[i.ordinality] AS resolved, v_ref[i.ordinality] AS ref,
           k.activity_id AS first_id, k.occurred_at AS first_at,
           CASE
             WHEN v_outcome[i.ordinality] IS NOT NULL THEN v_outcome[i.ordinality]
             WHEN k.activity_id IS NULL OR k.activity_id = i.id THEN 'stored'
             WHEN k.body_hash = i.body_hash THEN 'duplicate'
             ELSE 'conflict'
           END AS verdict
      FROM unnest(v_in) WITH ORDINALITY i
      LEFT JOIN activity_key k ON k.workspace_id = i.workspace_id AND k.key = i.idempotency_key
  ), inserted AS (
    INSERT INTO activity (
      id, workspace_id, door, type, category, occurred_at, subject_key, subject_ref, lead_airtable_id,
      description, message, metadata, source, execution_id, actor_type, actor_id, actor_label, created_by,
      entity_type, entity_id, brand_id, visibility, severity, status, success, error_code, error_message,
      duration_ms, session_id, url, http_method, http_status, direction, call_id, ip, user_agent, tags)
    SELECT
      i.id, i.workspace_id, i.door, i.type, i.category, i.occurred_at,
      CASE WHEN i.resolved IS NOT NULL THEN 'lead:' || i.resolved ELSE i.ref END, i.ref, i.lead_airtable_id,
      i.description, i.message, i.metadata, i.source, i.execution_id, i.actor_type, i.actor_id, i.actor_label,
      i.created_by, i.entity_type, i.entity_id, i.brand_id, coalesce(i.visibility, 'INTERNAL'),
      coalesce(i.severity, 'INFO'), i.status, i.success, i.error_code, i.error_message, i.duration_ms, i.session_id,
      i.url, i.http_method, i.http_status, i.direction, i.call_id, i.ip, i.user_agent, i.tags
      FROM input i WHERE i.verdict = 'stored' ORDER BY i.ordinality
    ON CONFLICT DO NOTHING
    RETURNING activity.id, activity.recorded_at, activity.seq
  ), touched AS (
    UPDATE leads l SET last_activity_at = t.latest
      FROM (SELECT resolved, max(occurred_at) AS latest FROM input
             WHERE verdict = 'stored' AND door = 'lead' AND resolved IS NOT NULL GROUP BY resolved) t
     WHERE l.id = t.resolved AND (l.last_activity_at IS NULL OR l.last_activity_at < t.latest)
  )
  SELECT i.ordinality, i.verdict,
         CASE WHEN i.verdict IN ('duplicate', 'conflict') THEN i.first_id ELSE i.id END,
         CASE WHEN i.verdict IN ('duplicate', 'conflict') THEN i.first_at ELSE i.occurred_at END,
         n.recorded_at, n.seq, i.resolved
    FROM input i LEFT JOIN inserted n ON n.id = i.id
   ORDER BY i.ordinality;
END $$;

-- What append_activities() would answer, without writing anything: for dry runs.
CREATE FUNCTION check_activities(p_rows json)
RETURNS TABLE (ord bigint, outcome text, id uuid, occurred_at timestamptz, lead_id uuid) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  v_in append_input[];
BEGIN
  SELECT array_agg(r) INTO v_in FROM json_populate_recordset(NULL::append_input, p_rows) r;
  RETURN QUERY
  SELECT i.ordinality,
         CASE
           WHEN r.outcome IS NOT NULL THEN r.outcome
           WHEN k.activity_id IS NULL THEN 'stored'
           WHEN k.body_hash = i.body_hash THEN 'duplicate'
           ELSE 'conflict'
         END,
         coalesce(k.activity_id, i.id), coalesce(k.occurred_at, i.occurred_at), r.lead
    FROM unnest(v_in) WITH ORDINALITY i
    JOIN resolve_leads(v_in) r ON r.ord = i.ordinality
    LEFT JOIN activity_key k ON k.workspace_id = i.workspace_id AND k.key = i.idempotency_key
   ORDER BY i.ordinality;
END $$;
