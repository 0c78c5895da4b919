import type { z } from 'zod';

export const DOORS = ['lead', 'user', 'workspace', 'request', 'integration'] as const;
/** The interface an activity came through; see README, "The five doors". */
export type Door = (typeof DOORS)[number];

export const CATEGORIES = ['SMS', 'CAMPAIGN', 'BOOKING', 'CONVERSATION', 'MANUAL', 'SYSTEM'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Colours by Mantine's names, one for each category, so that a feed can be scanned. */
export const CATEGORY_COLOURS: Readonly<Record<Category, string>> = {
  SMS: 'blue',
  CAMPAIGN: 'grape',
  BOOKING: 'teal',
  CONVERSATION: 'cyan',
  MANUAL: 'orange',
  SYSTEM: 'gray',
};

export const CATEGORY_LABELS: Readonly<Record<Category, string>> = {
  SMS: 'SMS',
  CAMPAIGN: 'Campaign',
  BOOKING: 'Booking',
  CONVERSATION: 'Conversation',
  MANUAL: 'Manual',
  SYSTEM: 'System',
};

/** Icons by their names in the Tabler set; web/ui/type-icon.tsx draws them. */
export const ICONS = [
  'send',
  'alert-triangle',
  'checks',
  'message-reply',
  'click',
  'ban',
  'user-plus',
  'user-minus',
  'trophy',
  'calendar-check',
  'calendar-x',
  'calendar-time',
  'switch-horizontal',
  'note',
  'hand-grab',
  'robot',
  'help-circle',
  'message-check',
  'plant',
  'bolt-off',
  'urgent',
  'database-plus',
  'target',
  'link',
  'tag',
  'star',
  'phone',
  'mail',
  'flag',
  'bell',
] as const;
export type IconName = (typeof ICONS)[number];

/** What a renderer is given: the parts of an activity that say what happened. */
export interface Renderable {
  readonly description: string;
  readonly message: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** One type of the catalogue. Its name fixes its category and door. */
export interface ActivityType {
  readonly name: string;
  readonly category: Category;
  readonly door: Door;
  readonly label: string;
  readonly icon: IconName;
  readonly colour: string;
  /** Names and checks the keys that analysis needs; every other key is kept as it came. */
  readonly metadata: z.ZodType<Record<string, unknown>>;
  /** One line that adds to the description what the metadata knows; '' when there is nothing to add. */
  readonly line: (activity: Renderable) => string;
  /** True for a type that an admin of the workspace registered. */
  readonly custom: boolean;
}
