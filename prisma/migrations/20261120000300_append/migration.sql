-- append_activities: the one INSERT into the book. Takes a batch as one array for each column, all of the same length
-- or NULL when no activity has that column, and keeps the order of the batch. Tags are array literals, such as {a,b}.
-- Answers a row for each activity that is not in the book under its own id; the others are. `ord` counts from 1:
--   duplicate       its idempotency key was in the book before, with the same body, under the returned id
--   conflict        its idempotency key was in the book before, with another body
--   unknown_lead    lead_id names no lead of this workspace
--   ambiguous_lead  its e-mail or phone number belongs to several leads
--   lead_mismatch   its references name different leads
-- An activity without a key whose very id is in the book counts as stored. One with a key is then a duplicate of itself:
-- whoever sends a batch again because its answer was lost knows that he does.
-- Lock order, here and everywhere: lead rows by id, idempotency keys sorted, lane.

-- Every activity moves the last_activity_at of its lead. Room on the page, and no index on that column, keep it a
-- heap-only update: 500 leads cost 3 ms instead of 22, and the trigram index is left alone.
ALTER TABLE leads SET (fillfactor = 80);

-- Which lead each activity is about. The strongest reference decides (lead id, Airtable id, e-mail, phone); weaker
-- ones that are known must agree with it. An activity of no known lead keeps the key it came with.
-- Each reference is looked up where there is one, by a subquery of its own: joins would look up those that are not.
CREATE FUNCTION resolve_leads(
  p_workspace_id uuid[], p_lead_id uuid[], p_lead_airtable_id text[], p_lead_email text[], p_lead_phone text[],
  p_subject_key text[]
) RETURNS TABLE (ord bigint, refusal text, lead uuid, subject_ref text) LANGUAGE sql STABLE AS $$
  SELECT ord,
    CASE
      WHEN lead_id IS NOT NULL AND by_id IS NULL THEN 'unknown_lead'
      WHEN cardinality(candidates) > 0 AND cardinality(agreeing) = 0 THEN 'lead_mismatch'
      WHEN cardinality(agreeing) > 1 THEN 'ambiguous_lead'
    END,
    CASE WHEN cardinality(agreeing) = 1 THEN agreeing[1] END,
    CASE
      WHEN lead_id IS NOT NULL THEN 'lead:' || lead_id
      WHEN lead_airtable_id IS NOT NULL THEN 'airtable:' || lead_airtable_id
      WHEN lead_email IS NOT NULL THEN 'email:' || lead_email
      WHEN lead_phone IS NOT NULL THEN 'phone:' || lead_phone
      ELSE subject_key
    END
  FROM (
    SELECT *, CASE
        WHEN num_nonnulls(lead_id, lead_airtable_id, lead_email, lead_phone) < 2 THEN candidates
        ELSE ARRAY(SELECT c FROM unnest(candidates) c
          WHERE (by_airtable IS NULL OR c = by_airtable)
            AND (cardinality(by_email) IS NULL OR cardinality(by_email) = 0 OR c = ANY (by_email))
            AND (cardinality(by_phone) IS NULL OR cardinality(by_phone) = 0 OR c = ANY (by_phone)))
      END AS agreeing
    FROM (
      SELECT *, CASE
          WHEN lead_id IS NOT NULL THEN array_remove(ARRAY[by_id], NULL)
          WHEN lead_airtable_id IS NOT NULL THEN array_remove(ARRAY[by_airtable], NULL)
          WHEN lead_email IS NOT NULL THEN by_email
          ELSE by_phone
        END AS candidates
      FROM (
        SELECT *,
          CASE WHEN lead_id IS NOT NULL THEN (
            SELECT l.id FROM leads l WHERE l.id = lead_id AND l.workspace_id = i.workspace_id) END AS by_id,
          CASE WHEN lead_airtable_id IS NOT NULL THEN (
            SELECT l.id FROM leads l
             WHERE l.workspace_id = i.workspace_id AND l.airtable_record_id = lead_airtable_id) END AS by_airtable,
          CASE WHEN lead_email IS NOT NULL THEN ARRAY(
            SELECT l.id FROM leads l
             WHERE l.workspace_id = i.workspace_id AND l.email_key = lead_email AND l.archived_at IS NULL
          ) END AS by_email,
          CASE WHEN lead_phone IS NOT NULL THEN ARRAY(
            SELECT l.id FROM leads l
             WHERE l.workspace_id = i.workspace_id AND l.phone_key = lead_phone AND l.archived_at IS NULL
          ) END AS by_phone
        FROM unnest(p_workspace_id, p_lead_id, p_lead_airtable_id, p_lead_email, p_lead_phone, p_subject_key)
          WITH ORDINALITY AS i (workspace_id, lead_id, lead_airtable_id, lead_email, lead_phone, subject_key, ord)
        -- Each OFFSET 0 keeps the planner from copying these subqueries into every place that reads them.
        OFFSET 0
      ) looked_up OFFSET 0
    ) strongest OFFSET 0
  ) agreed
$$;

-- What becomes of each activity once the keys of the batch are in the table. p_new are the ids of those whose key this
-- batch brought; the first of the batch with such a key is the one.
CREATE FUNCTION judge_keys(
  p_workspace_id uuid[], p_key text[], p_id uuid[], p_body_hash text[], p_refusal text[], p_new uuid[]
) RETURNS TABLE (ord bigint, refusal text, first_id uuid, first_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT i.ord,
    CASE
      WHEN i.refusal IS NOT NULL THEN i.refusal
      WHEN k.activity_id IS NULL THEN NULL
      WHEN i.id = ANY (p_new) AND row_number() OVER (
        PARTITION BY i.workspace_id, i.key ORDER BY i.refusal IS NOT NULL, i.ord) = 1 THEN NULL
      WHEN k.body_hash = i.body_hash THEN 'duplicate'
      ELSE 'conflict'
    END,
    k.activity_id, k.occurred_at
  FROM unnest(p_workspace_id, p_key, p_id, p_body_hash, p_refusal)
    WITH ORDINALITY AS i (workspace_id, key, id, body_hash, refusal, ord)
  LEFT JOIN activity_key k ON k.workspace_id = i.workspace_id AND k.key = i.key
$$;

CREATE FUNCTION append_activities(
  p_id uuid[], p_workspace_id uuid[], p_door text[], p_type text[], p_category text[], p_occurred_at timestamptz[],
  p_lead_id uuid[], p_lead_airtable_id text[], p_lead_email text[], p_lead_phone text[], p_subject_key text[],
  p_description text[], p_message text[], p_metadata jsonb[], p_source text[], p_execution_id text[],
  p_actor_type text[], p_actor_id text[], p_actor_label text[], p_created_by uuid[],
  p_entity_type text[], p_entity_id text[], p_brand_id text[], p_visibility text[], p_severity text[],
  p_status text[], p_success boolean[], p_error_code text[], p_error_message text[], p_duration_ms integer[],
  p_session_id text[], p_url text[], p_http_method text[], p_http_status integer[], p_direction text[],
  p_call_id uuid[], p_ip inet[], p_user_agent text[], p_tags text[],
  p_key text[], p_body_hash text[]
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

  PERFORM take_append_lane();

  -- One function scan, which keeps the order of the batch: seq is drawn in it.
  INSERT INTO activity (
    id, workspace_id, door, type, category, occurred_at, subject_key, subject_ref, lead_airtable_id,
    description, message, metadata, source, execution_id, actor_type, actor_id, actor_label, created_by,
    entity_type, entity_id, brand_id, visibility, severity, status, success, error_code, error_message,
    duration_ms, session_id, url, http_method, http_status, direction, call_id, ip, user_agent, tags)
  SELECT
    i.id, i.workspace_id, i.door, i.type, i.category, i.occurred_at,
    coalesce('lead:' || v_lead[i.ord], v_ref[i.ord]), v_ref[i.ord], i.lead_airtable_id,
    i.description, i.message, i.metadata, i.source, i.execution_id, i.actor_type, i.actor_id, i.actor_label,
    i.created_by, i.entity_type, i.entity_id, i.brand_id, coalesce(i.visibility, 'INTERNAL'),
    coalesce(i.severity, 'INFO'), i.status, i.success, i.error_code, i.error_message, i.duration_ms, i.session_id,
    i.url, i.http_method, i.http_status, i.direction, i.call_id, i.ip, i.user_agent, i.tags::text[]
  FROM unnest(
    p_id, p_workspace_id, p_door, p_type, p_category, p_occurred_at, p_lead_airtable_id,
    p_description, p_message, p_metadata, p_source, p_execution_id, p_actor_type, p_actor_id, p_actor_label,
    p_created_by, p_entity_type, p_entity_id, p_brand_id, p_visibility,
    p_severity, p_status, p_success, p_error_code, p_error_message, p_duration_ms, p_session_id,
    p_url, p_http_method, p_http_status, p_direction, p_call_id, p_ip, p_user_agent, p_tags
  ) WITH ORDINALITY AS i (
    id, workspace_id, door, type, category, occurred_at, lead_airtable_id,
    description, message, metadata, source, execution_id, actor_type, actor_id, actor_label,
    created_by, entity_type, entity_id, brand_id, visibility,
    severity, status, success, error_code, error_message, duration_ms, session_id,
    url, http_method, http_status, direction, call_id, ip, user_agent, tags, ord)
  WHERE v_refusal[i.ord] IS NULL
  ON CONFLICT DO NOTHING;

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
END $$;

-- What append_activities() would answer, without writing anything: for dry runs.
CREATE FUNCTION check_activities(
  p_id uuid[], p_workspace_id uuid[], p_occurred_at timestamptz[],
  p_lead_id uuid[], p_lead_airtable_id text[], p_lead_email text[], p_lead_phone text[], p_subject_key text[],
  p_key text[], p_body_hash text[]
)
RETURNS TABLE (ord bigint, outcome text, id uuid, occurred_at timestamptz) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  v_refusal text[];
BEGIN
  SELECT array_agg(r.refusal ORDER BY r.ord) INTO v_refusal
    FROM resolve_leads(p_workspace_id, p_lead_id, p_lead_airtable_id, p_lead_email, p_lead_phone, p_subject_key) r;
  RETURN QUERY
  SELECT j.ord, j.refusal, coalesce(j.first_id, p_id[j.ord]), coalesce(j.first_at, p_occurred_at[j.ord])
    FROM judge_keys(p_workspace_id, p_key, p_id, p_body_hash, v_refusal, '{}') j
   WHERE j.refusal IS NOT NULL
   ORDER BY j.ord;
END $$;
