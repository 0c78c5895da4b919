import type { z } from 'zod';

/**
 * What is said of a value for which its schema has no sentence of its own: what would be right, in the words of this house
 * and not in those of the validator. undefined leaves zod its own sentence.
 */
export function wordingOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : wrongKind(issue.expected, issue.input);
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : `must be ${either(issue.values.map(String))}`;
    case 'too_big':
      return limit(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'too_small':
      return limit(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'invalid_format':
      return FORMATS[issue.format];
    case 'unrecognized_keys':
      return `must not have ${either(issue.keys.map((key) => JSON.stringify(key)))}: there is no such field`;
    case 'invalid_union':
      return oneOfKinds(issue);
    default:
      return undefined;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  date: 'a date and time',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be an id (a UUID)',
  email: 'must be an e-mail address, such as name@example.com',
  url: 'must be an address, such as https://example.com',
  datetime: 'must be a date and time such as 2025-11-07T08:15:05Z',
  date: 'must be a date such as 2025-11-07',
};

function wrongKind(expected: string, input: unknown): string | undefined {
  const right = KINDS[expected];
  if (right === undefined) return undefined;
  const given = kindOf(input);
  // "a whole number, not a number" and "a number, not NaN" would tell nobody anything.
  return given === 'a number' ? telling(right, input) : `must be ${right}, not ${given}`;
}

function telling(right: string, input: unknown): string {
  return right.endsWith('number') ? `must be ${right}` : `must be ${right}, not the number ${input}`;
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  return KINDS[typeof input] ?? typeof input;
}

function limit(origin: string, bound: number, relation: string): string {
  if (origin === 'string') {
    return relation === 'at least' && bound === 1 ? 'must not be empty' : `must have ${relation} ${bound} characters`;
  }
  if (origin === 'array' || origin === 'set')
    return `must have ${relation} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `must be ${relation} ${bound}`;
}

/** Of alternatives that differ in kind alone. */
function oneOfKinds({ errors, input }: { errors: readonly z.core.$ZodIssue[][]; input?: unknown }): string | undefined {
  if (input === undefined) return 'is required';
  const kinds = errors.map(([first]) =>
    first?.code === 'invalid_type' && first.path.length === 0 ? KINDS[first.expected] : undefined,
  );
  const known = kinds.filter((kind) => kind !== undefined);
  return known.length > 0 && known.length === kinds.length ? `must be ${either([...new Set(known)])}` : undefined;
}

function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
