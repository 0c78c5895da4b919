-- What a search of the retry queue looks through: everything of an entry that a person can read.
-- plpgsql: its body is not copied into the queries, so that they name the same expression as the index.
CREATE FUNCTION quarantine_search_text(
  p_id uuid, p_code text, p_message text, p_type text, p_source text, p_idempotency_key text, p_last_error text,
  p_body json, p_edited_body json
) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN concat_ws(' ', p_id, p_code, p_message, p_type, p_source, p_idempotency_key, p_last_error, p_body, p_edited_body);
END $$;

CREATE INDEX quarantine_search_idx ON quarantine USING gin (workspace_id, (quarantine_search_text(
  id, code, message, type, source, idempotency_key, last_error, body, edited_body)) gin_trgm_ops);

-- The lead that an entry names, as the keys by which leads are known; and when one of these keys became known, or told
-- apart, since the entry was tried: it is tried again at once.
ALTER TABLE quarantine
  ADD COLUMN lead_keys text[] NOT NULL DEFAULT '{}',
  ADD COLUMN woken_at  timestamptz(3);

CREATE INDEX quarantine_lead_keys_idx ON quarantine USING gin (workspace_id, lead_keys)
  WHERE state = 'waiting' AND code IN ('UNKNOWN_LEAD', 'AMBIGUOUS_LEAD', 'LEAD_MISMATCH');
CREATE INDEX quarantine_for_lead_idx ON quarantine (workspace_id)
  WHERE state = 'waiting' AND code IN ('UNKNOWN_LEAD', 'AMBIGUOUS_LEAD', 'LEAD_MISMATCH');
CREATE INDEX quarantine_woken_idx ON quarantine (woken_at, id) WHERE state = 'waiting' AND woken_at IS NOT NULL;

-- Marks what waits for one of these keys. Mostly nothing waits for any lead: then one look is all. Each key is looked up
-- by itself, for an overlap of many is compared with every entry. Locked in the order of their ids, as all who lock
-- several entries do.
CREATE FUNCTION wake_quarantine(p_workspace uuid, p_keys text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_ids uuid[];
BEGIN
  IF NOT EXISTS (
    SELECT FROM quarantine WHERE workspace_id = p_workspace
      AND state = 'waiting' AND code IN ('UNKNOWN_LEAD', 'AMBIGUOUS_LEAD', 'LEAD_MISMATCH'))
  THEN
    RETURN;
  END IF;
  v_ids := ARRAY(
    SELECT q.id FROM unnest(p_keys) AS k CROSS JOIN LATERAL (
      SELECT id FROM quarantine WHERE workspace_id = p_workspace AND lead_keys @> ARRAY[k]
        AND state = 'waiting' AND code IN ('UNKNOWN_LEAD', 'AMBIGUOUS_LEAD', 'LEAD_MISMATCH')
      OFFSET 0) AS q
    WHERE k IS NOT NULL);
  IF cardinality(v_ids) = 0 THEN
    RETURN;
  END IF;
  PERFORM FROM quarantine WHERE id = ANY (v_ids) ORDER BY id FOR UPDATE;
  UPDATE quarantine SET woken_at = clock_timestamp() WHERE id = ANY (v_ids) AND state = 'waiting';
END $$;

-- A lead that appears, gets or loses a key, is archived or restored: what waits for any of its keys may fit now. New leads
-- come many at a time: they are asked for in one go.
CREATE FUNCTION wake_quarantine_of_new_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM wake_quarantine(l.workspace_id, array_agg(k))
    FROM new_leads l, unnest(ARRAY['lead:' || l.id, 'airtable:' || l.airtable_record_id, 'email:' || l.email_key,
      'phone:' || l.phone_key]) AS k
   GROUP BY l.workspace_id;
  RETURN NULL;
END $$;

CREATE TRIGGER leads_wake_quarantine AFTER INSERT ON leads REFERENCING NEW TABLE AS new_leads
  FOR EACH STATEMENT EXECUTE FUNCTION wake_quarantine_of_new_leads();

CREATE FUNCTION wake_quarantine_of_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM wake_quarantine(NEW.workspace_id, ARRAY['lead:' || NEW.id,
    'airtable:' || OLD.airtable_record_id, 'email:' || OLD.email_key, 'phone:' || OLD.phone_key,
    'airtable:' || NEW.airtable_record_id, 'email:' || NEW.email_key, 'phone:' || NEW.phone_key]);
  RETURN NULL;
END $$;

CREATE TRIGGER leads_wake_quarantine_again
  AFTER UPDATE OF airtable_record_id, email_key, phone_key, archived_at ON leads FOR EACH ROW
  WHEN ((OLD.airtable_record_id, OLD.email_key, OLD.phone_key, OLD.archived_at)
    IS DISTINCT FROM (NEW.airtable_record_id, NEW.email_key, NEW.phone_key, NEW.archived_at))
  EXECUTE FUNCTION wake_quarantine_of_lead();

-- A key that is given to a lead beside its own fields: linked by a person, or taken over from another lead.
CREATE FUNCTION wake_quarantine_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM wake_quarantine(NEW.workspace_id, ARRAY[NEW.subject_key]);
  RETURN NULL;
END $$;

-- Not for keys that the trigger of leads keeps: that one wakes by itself.
CREATE TRIGGER lead_identity_wake_quarantine AFTER INSERT OR UPDATE ON lead_identity
  FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION wake_quarantine_of_key();
