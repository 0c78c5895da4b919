-- What arrives is counted in one place. The spans in which something arrived from a source, its rhythm, are part of the counts of
-- sources, made of the same reading of the book and up to the same position; when something came last, source_state says.

ALTER TABLE alert_source_slot RENAME TO source_span;
ALTER TABLE source_span RENAME CONSTRAINT alert_source_slot_pkey TO source_span_pkey;
ALTER TABLE source_span RENAME CONSTRAINT alert_source_slot_workspace_id_fkey TO source_span_workspace_id_fkey;
ALTER INDEX alert_source_slot_at_idx RENAME TO source_span_at_idx;

-- The position that stays is that of the counts, because a count cannot be made twice. Where the rhythm had not been learned as
-- far, the rest is learned here; where it had been learned farther, that is seen again, and a span is there or not.
INSERT INTO source_span (workspace_id, source, at)
SELECT DISTINCT a.workspace_id, a.source, date_bin('5 minutes', a.recorded_at, 'epoch')
  FROM activity a JOIN workspace w ON w.id = a.workspace_id
 WHERE a.seq > (SELECT learned_seq FROM alert_progress) AND a.seq <= (SELECT seq FROM source_progress)
   AND NOT coalesce(a.tags @> '{imported}', false) AND a.source NOT LIKE 'ui:%' AND a.recorded_at >= now() - interval '9 weeks'
ON CONFLICT DO NOTHING;

-- When rules were evaluated last. One row.
CREATE TABLE alert_round (
  id           integer        PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  evaluated_at timestamptz(3)
);
INSERT INTO alert_round (evaluated_at) SELECT evaluated_at FROM alert_progress;

DROP TABLE alert_source, alert_progress;
