import type { AlertView } from '#domain/alert.ts';

/** What an alert is about, in a few words: its first fact tells it from others of its kind. Empty without any. */
export function aboutOf({ facts }: Pick<AlertView, 'facts'>): string {
  return facts[0]?.value ?? '';
}
