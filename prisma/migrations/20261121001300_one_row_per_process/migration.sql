-- A process has one row: that it lives, and how full its spool is, come with the same sign of life under the same id.

ALTER TABLE server_process
  -- Not known of a process of the version before.
  ADD COLUMN spool_records   integer,
  ADD COLUMN spool_bytes     bigint,
  ADD COLUMN spool_max_bytes bigint,
  ADD COLUMN spool_oldest_at timestamptz(3),
  ADD COLUMN spool_damaged   integer;

-- The place is machine and data folder, as in alerts: processes that share it share its spools. It was the machine and the
-- process's number; that is in its identity, and is added where processes are told apart.
UPDATE server_process SET place = regexp_replace(place, ' \(\d+\)$', '');

-- What stood here was said anew every ten seconds.
DROP TABLE alert_process;
