-- It made the planner read the counts of all workspaces for the page of one.
DROP INDEX source_rate_bucket_idx;
