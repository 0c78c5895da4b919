-- A demo workspace that is removed while people work in it: their changes are waited for, or find it gone. Neither fails half-way.

-- To lock a row takes the right to change something of it: the least there is.
GRANT UPDATE (id) ON leads, workspace TO historybook_eraser;

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
  -- From here on nobody changes a lead or makes one: who does so now is waited for, and who comes later finds the workspace gone.
  -- Leads before the workspace, as in a change that makes a lead; and again, for those that were made until it was locked.
  PERFORM 1 FROM leads WHERE workspace_id = p_workspace ORDER BY id FOR UPDATE;
  PERFORM 1 FROM workspace WHERE id = p_workspace FOR UPDATE;
  PERFORM 1 FROM leads WHERE workspace_id = p_workspace ORDER BY id FOR UPDATE;
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
