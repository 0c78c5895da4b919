-- When an activity of a made-up history was recorded, as it tells: a demo whose every event was "recorded half a year
-- later" would show nothing of what a lead's timeline looks like. More parameters make it another function.
DROP FUNCTION append_activities(
  uuid[], uuid[], text[], text[], text[], timestamptz[], uuid[], text[], text[], text[], text[], text[], text[],
  jsonb[], text[], text[], text[], text[], text[], uuid[], text[], text[], text[], text[], text[], text[],
  boolean[], text[], text[], integer[], text[], text[], text[], integer[], text[], uuid[], inet[], text[], text[],
  text[], text[], text[], text[]
);

CREATE FUNCTION append_activities(
  p_id uuid[], p_workspace_id uuid[], p_door text[], p_type text[], p_category text[], p_occurred_at timestamptz[],
  p_lead_id uuid[], p_lead_airtable_id text[], p_lead_email text[], p_lead_phone text[], p_subject_key text[],
  p_description text[], p_message text[], p_metadata jsonb[], p_source text[], p_execution_id text[],
  p_actor_type text[], p_actor_id text[], p_actor_label text[], p_created_by uuid[],
  p_entity_type text[], p_entity_id text[], p_brand_id text[], p_visibility text[], p_severity text[],
  p_status text[], p_success boolean[], p_error_code text[], p_error_message text[], p_duration_ms integer[],
  p_session_id text[], p_url text[], p_http_method text[], p_http_status integer[], p_direction text[],
  p_call_id uuid[], p_ip inet[], p_user_agent text[], p_tags text[],
  p_key text[], p_body_hash text[],
  -- Not given by a process of the version before, which may still run beside this one.
  p_service_key_id text[] DEFAULT NULL, p_service_key_name text[] DEFAULT NULL,
  -- Only of a history that is made up: everything else was recorded when the book took it.
  p_recorded_at timestamptz[] DEFAULT NULL
)
RETURNS TABLE (ord bigint, outcome text, id uuid, occurred_at timestamptz) LANGUAGE plpgsql
-- Plans are made once for each connection: planning anew costs more than a small batch itself. One that was made while
-- a table was small must still be right when it has grown: nothing here is to be looked up but by an index.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  v_refusal  text[];
  v_lead     uuid[];
  v_ref      text[];
  v_lead_ids uuid[];
  v_keys     bigint;
  v_new      uuid[];
BEGIN
  SELECT array_agg(r.refusal ORDER BY r.ord), array_agg(r.lead ORDER BY r.ord),
         array_agg(r.subject_ref ORDER BY r.ord), array_agg(DISTINCT r.lead) FILTER (WHERE r.lead IS NOT NULL),
         count(p_key[r.ord]) FILTER (WHERE r.refusal IS NULL)
    INTO v_refusal, v_lead, v_ref, v_lead_ids, v_keys
    FROM resolve_leads(p_workspace_id, p_lead_id, p_lead_airtable_id, p_lead_email, p_lead_phone, p_subject_key) r;

  IF v_lead_ids IS NOT NULL THEN
    PERFORM 1 FROM leads l WHERE l.id = ANY (v_lead_ids) ORDER BY l.id FOR NO KEY UPDATE;
  END IF;

  IF v_keys > 0 THEN
    WITH taken AS (
      INSERT INTO activity_key (workspace_id, key, activity_id, occurred_at, body_hash)
      SELECT i.workspace_id, i.key, i.id, i.occurred_at, i.body_hash
        FROM unnest(p_workspace_id, p_key, p_id, p_occurred_at, p_body_hash, v_refusal)
          WITH ORDINALITY AS i (workspace_id, key, id, occurred_at, body_hash, refusal, ord)
       WHERE i.key IS NOT NULL AND i.refusal IS NULL
       ORDER BY i.workspace_id, i.key, i.ord
      ON CONFLICT DO NOTHING
      RETURNING activity_id
    )
    SELECT coalesce(array_agg(t.activity_id), '{}') INTO v_new FROM taken t;
    -- A statement of its own, so that its snapshot sees the keys that others committed meanwhile.
    IF cardinality(v_new) < v_keys THEN
      SELECT array_agg(j.refusal ORDER BY j.ord) INTO v_refusal
        FROM judge_keys(p_workspace_id, p_key, p_id, p_body_hash, v_refusal, v_new) j;
    END IF;
  END IF;

  IF v_lead_ids IS NOT NULL THEN
    UPDATE leads l SET last_activity_at = t.latest
      FROM (SELECT i.lead, max(i.occurred_at) AS latest
              FROM unnest(v_lead, p_occurred_at, p_door, v_refusal) AS i (lead, occurred_at, door, refusal)
             WHERE i.refusal IS NULL AND i.door = 'lead' AND i.lead IS NOT NULL
             GROUP BY i.lead) t
     WHERE l.id = t.lead AND (l.last_activity_at IS NULL OR l.last_activity_at < t.latest);
  END IF;

  IF cardinality(array_remove(v_refusal, NULL)) > 0 THEN
    RETURN QUERY
    SELECT j.ord, j.refusal, coalesce(j.first_id, p_id[j.ord]), coalesce(j.first_at, p_occurred_at[j.ord])
      FROM judge_keys(p_workspace_id, p_key, p_id, p_body_hash, v_refusal, v_new) j
     WHERE j.refusal IS NOT NULL
     ORDER BY j.ord;
  END IF;

  PERFORM take_append_lane();

  -- One function scan, which keeps the order of the batch: seq is drawn in it.
  INSERT INTO activity (
    id, workspace_id, door, type, category, occurred_at, subject_key, subject_ref, lead_airtable_id,
    description, message, metadata, source, execution_id, actor_type, actor_id, actor_label, created_by,
    entity_type, entity_id, brand_id, visibility, severity, status, success, error_code, error_message,
    duration_ms, session_id, url, http_method, http_status, direction, call_id, ip, user_agent, tags,
    service_key_id, service_key_name, recorded_at)
  SELECT
    i.id, i.workspace_id, i.door, i.type, i.category, i.occurred_at,
    coalesce('lead:' || v_lead[i.ord], v_ref[i.ord]), v_ref[i.ord], i.lead_airtable_id,
    i.description, i.message, i.metadata, i.source, i.execution_id, i.actor_type, i.actor_id, i.actor_label,
    i.created_by, i.entity_type, i.entity_id, i.brand_id, coalesce(i.visibility, 'INTERNAL'),
    coalesce(i.severity, 'INFO'), i.status, i.success, i.error_code, i.error_message, i.duration_ms, i.session_id,
    i.url, i.http_method, i.http_status, i.direction, i.call_id, i.ip, i.user_agent, i.tags::text[],
    i.service_key_id, i.service_key_name, coalesce(i.recorded_at, clock_timestamp())
  FROM unnest(
    p_id, p_workspace_id, p_door, p_type, p_category, p_occurred_at, p_lead_airtable_id,
    p_description, p_message, p_metadata, p_source, p_execution_id, p_actor_type, p_actor_id, p_actor_label,
    p_created_by, p_entity_type, p_entity_id, p_brand_id, p_visibility,
    p_severity, p_status, p_success, p_error_code, p_error_message, p_duration_ms, p_session_id,
    p_url, p_http_method, p_http_status, p_direction, p_call_id, p_ip, p_user_agent, p_tags,
    p_service_key_id, p_service_key_name, p_recorded_at
  ) WITH ORDINALITY AS i (
    id, workspace_id, door, type, category, occurred_at, lead_airtable_id,
    description, message, metadata, source, execution_id, actor_type, actor_id, actor_label,
    created_by, entity_type, entity_id, brand_id, visibility,
    severity, status, success, error_code, error_message, duration_ms, session_id,
    url, http_method, http_status, direction, call_id, ip, user_agent, tags,
    service_key_id, service_key_name, recorded_at, ord)
  WHERE v_refusal[i.ord] IS NULL
  ON CONFLICT DO NOTHING;
END $$;
