-- The lawful ways in which something leaves the book. Each runs as historybook_eraser and leaves its own record.

CREATE TABLE erasure_record (
  id           uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
  kind         text           NOT NULL,
  workspace_id uuid           NOT NULL,
  requested_by text           NOT NULL,
  detail       jsonb          NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now()
);

-- Removes a demo workspace with everything in it; refuses any other workspace. Returns the number of activities removed.
CREATE FUNCTION remove_demo_workspace(p_workspace uuid, p_requested_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_slug   text;
  v_rows   bigint;
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
  -- The demo's own people cannot sign in and belong nowhere else.
  DELETE FROM account_user u
   WHERE u.id = ANY (v_people) AND NOT u.super_admin
     AND NOT EXISTS (SELECT FROM membership m WHERE m.user_id = u.id)
     AND NOT EXISTS (SELECT FROM auth_account a WHERE a.user_id = u.id);
  INSERT INTO erasure_record (kind, workspace_id, requested_by, detail)
  VALUES ('demo', p_workspace, p_requested_by, jsonb_build_object('slug', v_slug, 'activities', v_rows));
  RETURN v_rows;
END $$;

DO $$
BEGIN
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO historybook_eraser', current_schema());
  GRANT SELECT, DELETE ON activity, activity_payload, activity_key, notes, enrollments, lead_identity, leads, campaigns,
    custom_type, api_key, membership, workspace, account_user TO historybook_eraser;
  GRANT SELECT ON auth_account TO historybook_eraser;
  GRANT INSERT ON erasure_record TO historybook_eraser;
  IF NOT pg_has_role(current_user, 'historybook_eraser', 'MEMBER') THEN
    EXECUTE format('GRANT historybook_eraser TO %I', current_user);
  END IF;
END $$;

ALTER FUNCTION remove_demo_workspace(uuid, text) OWNER TO historybook_eraser;
