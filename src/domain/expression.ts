import type { z } from 'zod';

/**
 * What workflow tools (n8n, mostly) send in place of a value when an expression fails. As a reference it would attach to
 * nothing or, worse, tie together all that failed in the same way. Texts for people are never looked at: a message may
 * well say "undefined".
 */
const FLAWS: readonly (readonly [pattern: RegExp, flaw: string])[] = [
  [
    /\{\{|\}\}|^\$(json|node|input|item|execution|workflow)\b|^\$\(/,
    'is an expression that was not evaluated; in n8n switch the field from Fixed to Expression',
  ],
  [
    /^=/,
    'begins with "=" as an n8n expression does in its source; in n8n switch the field to Expression, or take the "=" away',
  ],
  [
    /\[object \w+\]/i,
    'is a whole object turned to text; in n8n name the one field of it that is meant, such as {{ $json.id }}',
  ],
  [
    /^\[?(undefined|null|nan)\]?$/i,
    'is what an expression gives that finds nothing; in n8n look whether the input of this node has the field under that name',
  ],
];

/** Why `text` can be no reference, or undefined. */
export function expressionFlaw(text: string): string | undefined {
  const trimmed = text.trim();
  const flaw = FLAWS.find(([pattern]) => pattern.test(trimmed))?.[1];
  return flaw && `${JSON.stringify(trimmed.slice(0, 60))} ${flaw}`;
}

/** For schemas of references: refuses what a failed expression leaves behind. */
export function refuseFailedExpression(value: unknown, context: z.RefinementCtx): void {
  const message = typeof value === 'string' ? expressionFlaw(value) : undefined;
  if (message) context.addIssue({ code: 'custom', message });
}
