import { z } from 'zod';
import { CATEGORIES, ICONS } from './type.ts';

/** The colours a custom type can have, by Mantine's names. */
export const TYPE_COLOURS = [
  'gray',
  'red',
  'pink',
  'grape',
  'violet',
  'indigo',
  'blue',
  'cyan',
  'teal',
  'green',
  'lime',
  'yellow',
  'orange',
] as const;

/** What an admin gives to register a type of the workspace's own. */
export const customTypeInput = z.object({
  name: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9_.]{1,99}$/,
      'must be 2 to 100 letters, digits, underscores or dots and begin with a letter',
    ),
  category: z.enum(CATEGORIES),
  label: z.string().trim().min(1).max(60),
  icon: z.enum(ICONS).default('tag'),
  colour: z.enum(TYPE_COLOURS).default('gray'),
});
export type CustomTypeInput = z.output<typeof customTypeInput>;
