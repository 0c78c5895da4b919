-- No activity gets into the book for a workspace that is gone, not even one that was on its way when it was removed.

CREATE OR REPLACE FUNCTION append_activities(
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
  v_is_there boolean;
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

  -- Now, with a snapshot of its own: who removes a workspace holds the lane when its rows go for good, so it is there until
  -- this commits, or is seen to be gone. A foreign key would lock its row for each event. Most batches are of one workspace:
  -- one lookup, in place of a plan over all rows.
  PERFORM 1 FROM workspace w WHERE w.id = p_workspace_id[1];
  v_is_there := FOUND;
  IF v_is_there AND p_workspace_id <> array_fill(p_workspace_id[1], ARRAY[cardinality(p_workspace_id)]) THEN
    v_is_there := NOT EXISTS (SELECT FROM unnest(p_workspace_id) AS i (id)
                               WHERE NOT EXISTS (SELECT FROM workspace w WHERE w.id = i.id));
  END IF;
  IF NOT v_is_there THEN
    RAISE foreign_key_violation USING MESSAGE = 'there is no such workspace', CONSTRAINT = 'activity_workspace_id_fkey';
  END IF;

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

-- Removes a demo workspace with everything in it; refuses any other workspace. Returns the number of activities removed.
CREATE OR REPLACE FUNCTION remove_demo_workspace(p_workspace uuid, p_requested_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_slug   text;
  v_rows   bigint;
  v_late   bigint;
  v_people uuid[];
BEGIN
  SELECT slug INTO v_slug FROM workspace WHERE id = p_workspace AND is_demo;
  IF v_slug IS NULL THEN
    RAISE EXCEPTION 'workspace % is no demo workspace', p_workspace USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM activity_payload WHERE workspace_id = p_workspace;
  DELETE FROM activity WHERE workspace_id = p_workspace;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  DELETE FROM activity_key WHERE workspace_id = p_workspace;
  DELETE FROM notes WHERE lead_id IN (SELECT id FROM leads WHERE workspace_id = p_workspace);
  DELETE FROM enrollments WHERE lead_id IN (SELECT id FROM leads WHERE workspace_id = p_workspace);
  DELETE FROM lead_identity WHERE workspace_id = p_workspace;
  DELETE FROM leads WHERE workspace_id = p_workspace;
  DELETE FROM campaigns WHERE workspace_id = p_workspace;
  DELETE FROM custom_type WHERE workspace_id = p_workspace;
  SELECT array_agg(user_id) INTO v_people FROM membership WHERE workspace_id = p_workspace;
  DELETE FROM workspace WHERE id = p_workspace;
  -- What was stored meanwhile. The lane comes last, after leads and keys, as for everybody, so that nobody waits for long;
  -- whoever has it after this finds the workspace gone (append_activities).
  PERFORM take_append_lane();
  DELETE FROM activity_payload WHERE workspace_id = p_workspace;
  DELETE FROM activity WHERE workspace_id = p_workspace;
  GET DIAGNOSTICS v_late = ROW_COUNT;
  v_rows := v_rows + v_late;
  DELETE FROM activity_key WHERE workspace_id = p_workspace;
  -- The demo's own people cannot sign in and belong nowhere else.
  DELETE FROM account_user u
   WHERE u.id = ANY (v_people) AND NOT u.super_admin
     AND NOT EXISTS (SELECT FROM membership m WHERE m.user_id = u.id)
     AND NOT EXISTS (SELECT FROM auth_account a WHERE a.user_id = u.id);
  INSERT INTO erasure_record (kind, workspace_id, requested_by, detail)
  VALUES ('demo', p_workspace, p_requested_by, jsonb_build_object('slug', v_slug, 'activities', v_rows));
  RETURN v_rows;
END $$;
