-- Another id under which an activity was acknowledged. While the database is away nobody can be asked under which id an
-- event with an idempotency key was stored long before: its repeat is acknowledged under an id made of the key, and when
-- the spool is drained and the book turns out to have the event, that id leads to it from here.
CREATE TABLE activity_alias (
  workspace_id uuid           NOT NULL REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  id           uuid           NOT NULL,
  activity_id  uuid           NOT NULL,
  occurred_at  timestamptz(3) NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT activity_alias_pkey PRIMARY KEY (workspace_id, id)
);
