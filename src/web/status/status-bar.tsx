'use client';

import type { ReactNode } from 'react';
import classes from './status-bar.module.css';
import { useServerState } from './use-server-state.ts';
import { SERVER_WORDS, type Situation } from './words.ts';

interface StatusBarProps extends Situation {
  readonly children?: ReactNode;
}

/** Says at the foot of the page what is so and what will happen. */
export function StatusBar({ label, explanation, children }: StatusBarProps) {
  return (
    <>
      <div className={classes.room} aria-hidden />
      <div role="alert" className={classes.bar} data-status-bar>
        <span className={classes.words}>
          <span className={classes.label}>{label}.</span> {explanation}
        </span>
        {children}
      </div>
    </>
  );
}

/** The same of the server and its database, while they are not there. */
export function ServerStatusBar() {
  const state = useServerState();
  return state === 'ok' ? null : <StatusBar {...SERVER_WORDS[state]} />;
}
