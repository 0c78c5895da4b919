/**
 * The activities of a lead, newest first: for each key of the lead a range of the index (workspace, key, time), in
 * which the first rows are found at once however many there are. A FROM item with the aliases `a`, `i` and `l`, so that
 * activityWhere() applies; `lead` is the SQL of the lead's id, and the whole needs ORDER BY and LIMIT again, for the
 * keys' rows come one key after the other. $1 is the workspace.
 */
export function rowsOfLead(options: { lead: string; where: string; limit: string }): string {
  return `lead_identity i
  JOIN leads l ON l.id = i.lead_id AND l.workspace_id = i.workspace_id
  CROSS JOIN LATERAL (
    SELECT a.* FROM activity a
     WHERE ${options.where}
       AND a.subject_key = i.subject_key AND a.recorded_at >= i.from_at AND a.recorded_at < i.to_at
     ORDER BY a.occurred_at DESC, a.id DESC
     LIMIT ${options.limit}
  ) a
 WHERE i.workspace_id = $1 AND i.lead_id = ${options.lead}`;
}
