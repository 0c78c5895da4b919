import type { ActivityView } from '#domain/activity.ts';
import { type ActivityViewRow, toActivityView } from '#platform/db/activity-view.ts';

/** An activity on its way to subscribers. Its JSON is made once, however many sockets it goes to. */
export interface LiveEvent {
  readonly seq: number;
  readonly workspaceId: string;
  readonly view: ActivityView;
  readonly json: Buffer;
}

export function toLiveEvent(row: ActivityViewRow): LiveEvent {
  const view = toActivityView(row);
  return { seq: row.seq, workspaceId: row.workspace_id, view, json: Buffer.from(JSON.stringify(view)) };
}
