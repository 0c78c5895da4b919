import type { z } from 'zod';
import { anyMetadata, changeMetadata } from './metadata.ts';
import { type ActivityType, CATEGORY_COLOURS, type IconName } from './type.ts';

/**
 * What happens to the CRM's own records beside a lead's 23 types. They belong to the workspace's log, so that a lead's
 * history under its published names holds the published types alone.
 */
function recordType(
  name: string,
  label: string,
  icon: IconName,
  metadata: z.ZodType<Record<string, unknown>> = anyMetadata,
): ActivityType {
  return {
    name,
    category: 'SYSTEM',
    door: 'workspace',
    label,
    icon,
    colour: CATEGORY_COLOURS.SYSTEM,
    metadata,
    line: () => '',
    custom: false,
  };
}

/** Written when a lead becomes known under its keys: how open feeds and timelines learn whose earlier events are. */
export const LEAD_IDENTIFIED = recordType('lead.identified', 'Lead identified', 'link');

export const CRM_TYPES: readonly ActivityType[] = [
  LEAD_IDENTIFIED,
  recordType('lead.archived', 'Lead archived', 'flag'),
  recordType('lead.restored', 'Lead restored', 'flag'),
  recordType('lead.released', 'Lead released', 'user-minus', changeMetadata),
  recordType('campaign.created', 'Campaign created', 'flag'),
  recordType('campaign.updated', 'Campaign updated', 'flag'),
];
