'use client';

import { jsonTokens } from './json-tokens.ts';
import classes from './json-view.module.css';

interface JsonViewProps {
  readonly value: unknown;
  /** What it is, for screen readers. */
  readonly label: string;
}

/** Formatted JSON that can be scrolled by keyboard. */
export function JsonView({ value, label }: JsonViewProps) {
  let at = 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: the white space of the JSON wants a pre
    <pre className={classes.block} tabIndex={0} role="region" aria-label={label}>
      {jsonTokens(value).map((token) => {
        at += token.text.length;
        return token.kind === 'plain' ? (
          token.text
        ) : (
          <span key={at} className={classes[token.kind]}>
            {token.text}
          </span>
        );
      })}
    </pre>
  );
}
