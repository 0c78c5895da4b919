'use client';

import { Code, Text } from '@mantine/core';
import type { Issue } from '#domain/errors.ts';
import { issuesElsewhere, markedLines } from './marked-lines.ts';
import classes from './queue.module.css';

interface MarkedJsonProps {
  /** JSON */
  readonly text: string;
  readonly issues: readonly Issue[];
  readonly label: string;
}

/** Formatted JSON with what is wrong at the lines that are; what is missing stands above it. */
export function MarkedJson({ text, issues, label }: MarkedJsonProps) {
  const lines = markedLines(JSON.parse(text), issues);
  let at = 0;
  return (
    <>
      {issuesElsewhere(lines, issues).map(({ path, message }) => (
        <Text key={`${path} ${message}`} size="sm" className={classes.problem}>
          {path && <Code>{path}</Code>} {message}
        </Text>
      ))}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: the white space of the JSON wants a pre */}
      <pre className={classes.json} tabIndex={0} role="region" aria-label={label}>
        {lines.map(({ tokens, problem }) => {
          at += 1;
          return (
            <span key={at} className={classes.line} data-problem={problem ? true : undefined}>
              {tokens.map((token) => {
                at += token.text.length;
                return (
                  <span key={at} className={classes[token.kind]}>
                    {token.text}
                  </span>
                );
              })}
              {problem && <span className={classes.problem}>{`  ← ${problem}`}</span>}
            </span>
          );
        })}
      </pre>
    </>
  );
}
