/**
 * The catalogue: every event type with its category, door, label, icon, colour, metadata schema and one-line renderer.
 * A type that is not in it, and that no admin registered for the workspace, is refused.
 */
import { CRM_TYPES } from './crm-types.ts';
import { LEAD_TYPES } from './lead-types.ts';
import { anyMetadata } from './metadata.ts';
import type { ActivityType, Category, IconName } from './type.ts';

export { LEAD_IDENTIFIED } from './crm-types.ts';
export { LEAD_TYPES } from './lead-types.ts';
export * from './type.ts';

const BUILT_IN: ReadonlyMap<string, ActivityType> = new Map(
  [...LEAD_TYPES, ...CRM_TYPES].map((type) => [type.name, type]),
);

export const BUILT_IN_TYPES: readonly ActivityType[] = [...BUILT_IN.values()];

export function builtInType(name: string): ActivityType | undefined {
  return BUILT_IN.get(name);
}

/** A type that an admin registered, as kept in the database. */
export interface CustomTypeRecord {
  readonly name: string;
  readonly category: Category;
  readonly label: string;
  readonly icon: IconName;
  readonly colour: string;
}

export function customType(record: CustomTypeRecord): ActivityType {
  return { ...record, door: 'lead', metadata: anyMetadata, line: () => '', custom: true };
}

/** How a type that this catalogue does not know (any more) is shown. */
export function displayType(name: string, custom: ReadonlyMap<string, ActivityType> = new Map()): ActivityType {
  const known = BUILT_IN.get(name) ?? custom.get(name);
  if (known) return known;
  const label = name.replaceAll(/[._]/g, ' ').toLowerCase();
  return customType({
    name,
    category: 'SYSTEM',
    label: label.charAt(0).toUpperCase() + label.slice(1),
    icon: 'tag',
    colour: 'gray',
  });
}
