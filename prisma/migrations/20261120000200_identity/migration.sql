-- Facts never change, identities do. Every lead owns the subject keys it is known by; an activity that came
-- before its lead is found through them.

CREATE INDEX lead_identity_active_idx ON lead_identity (workspace_id, subject_key) WHERE to_at = 'infinity';

CREATE FUNCTION lead_search_text(p_first text, p_last text, p_email text, p_phone text, p_company text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  lower(coalesce(p_first, '') || ' ' || coalesce(p_last, '') || ' ' || coalesce(p_email, '') || ' '
        || coalesce(p_phone, '') || ' ' || coalesce(p_company, ''));

CREATE INDEX leads_search_idx ON leads USING gin
  (lead_search_text(first_name, last_name, email, phone_key, company) gin_trgm_ops);

-- A key belongs to the lead that has it first; when that lead lets it go, the next one gets it from then on.
CREATE FUNCTION open_lead_identity(p_workspace uuid, p_key text, p_lead uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO lead_identity (id, workspace_id, subject_key, lead_id, from_at)
  VALUES (gen_random_uuid(), p_workspace, p_key, p_lead, coalesce(
    (SELECT max(to_at) FROM lead_identity
      WHERE workspace_id = p_workspace AND subject_key = p_key AND to_at < 'infinity'), '-infinity'))
  ON CONFLICT (workspace_id, subject_key, to_at) DO NOTHING
$$;

CREATE FUNCTION close_lead_identity(p_workspace uuid, p_key text, p_lead uuid) RETURNS void LANGUAGE sql AS $$
  UPDATE lead_identity SET to_at = clock_timestamp()
   WHERE workspace_id = p_workspace AND subject_key = p_key AND lead_id = p_lead AND to_at = 'infinity'
$$;

-- Keeps the keys of a lead whoever writes the lead.
CREATE FUNCTION keep_lead_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM open_lead_identity(NEW.workspace_id, 'lead:' || NEW.id, NEW.id);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.airtable_record_id IS DISTINCT FROM NEW.airtable_record_id AND OLD.airtable_record_id IS NOT NULL THEN
      PERFORM close_lead_identity(OLD.workspace_id, 'airtable:' || OLD.airtable_record_id, OLD.id);
    END IF;
    IF OLD.email_key IS DISTINCT FROM NEW.email_key AND OLD.email_key IS NOT NULL THEN
      PERFORM close_lead_identity(OLD.workspace_id, 'email:' || OLD.email_key, OLD.id);
    END IF;
    IF OLD.phone_key IS DISTINCT FROM NEW.phone_key AND OLD.phone_key IS NOT NULL THEN
      PERFORM close_lead_identity(OLD.workspace_id, 'phone:' || OLD.phone_key, OLD.id);
    END IF;
  END IF;
  IF NEW.airtable_record_id IS NOT NULL THEN
    PERFORM open_lead_identity(NEW.workspace_id, 'airtable:' || NEW.airtable_record_id, NEW.id);
  END IF;
  IF NEW.email_key IS NOT NULL THEN
    PERFORM open_lead_identity(NEW.workspace_id, 'email:' || NEW.email_key, NEW.id);
  END IF;
  IF NEW.phone_key IS NOT NULL THEN
    PERFORM open_lead_identity(NEW.workspace_id, 'phone:' || NEW.phone_key, NEW.id);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER leads_keep_identities AFTER INSERT OR UPDATE OF airtable_record_id, email_key, phone_key ON leads
  FOR EACH ROW EXECUTE FUNCTION keep_lead_identities();

-- Leads are archived, never deleted: a lead's history must not go with its row.
CREATE TRIGGER leads_never_deleted BEFORE DELETE ON leads
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leads_never_truncated BEFORE TRUNCATE ON leads
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
