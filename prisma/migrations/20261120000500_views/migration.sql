-- The book under the names and columns its analysts know. Views run with the rights of who reads them.


CREATE VIEW lead_activity_log WITH (security_invoker = true) AS
SELECT a.id,
       a.type             AS event_type,
       a.category         AS event_category,
       i.lead_id,
       a.lead_airtable_id,
       a.workspace_id     AS client_id,
       a.description,
       a.message          AS message_content,
       a.metadata,
       a.source,
       a.execution_id,
       a.created_by,
       a.occurred_at      AS timestamp,
       a.recorded_at      AS created_at
  FROM activity a
  LEFT JOIN lead_identity i ON i.workspace_id = a.workspace_id AND i.subject_key = a.subject_key
   AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at
 WHERE a.door = 'lead';
