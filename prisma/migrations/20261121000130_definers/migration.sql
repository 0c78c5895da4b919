-- A function that runs with more rights than its caller is for Historybook alone, not for whoever can log in to read.
DO $$
BEGIN
  REVOKE EXECUTE ON FUNCTION remove_demo_workspace(uuid, text) FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION remove_demo_workspace(uuid, text) TO %I', current_user);
END $$;
