-- After so many days an event whose lead is still unknown is put in front of a person; NULL: never. The sequence number
-- is that of the last activity that was looked at for it.
ALTER TABLE workspace
  ADD COLUMN unknown_lead_days integer CONSTRAINT workspace_unknown_lead_days_check CHECK (unknown_lead_days BETWEEN 1 AND 365),
  ADD COLUMN unknown_lead_seq  bigint NOT NULL DEFAULT 0;

-- Such an entry is about a reference that no lead has. Its events are in the book, as they came, and stay there: the
-- entry names the first of them, and is closed by telling whose they are, or that nobody's they are.
ALTER TABLE quarantine
  ADD COLUMN waits_for   text,
  ADD COLUMN activity_id uuid;

CREATE INDEX quarantine_waits_for_idx ON quarantine (workspace_id, waits_for) WHERE waits_for IS NOT NULL;
