'use client';

import { Tooltip } from '@mantine/core';
import type { ParityCell } from '#domain/parity.ts';
import { daysOf, heatOf, type ParityDay } from './days.ts';
import classes from './parity.module.css';

interface DayStripProps {
  readonly cells: readonly ParityCell[];
  readonly chosen: string | null;
  readonly onChoose: (day: string | null) => void;
}

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** Every day as a square, month by month, the redder the more of it is missing: an outage is seen at a glance. */
export function DayStrip({ cells, chosen, onChoose }: DayStripProps) {
  const months = [...Map.groupBy(daysOf(cells), ({ day }) => day.slice(0, 7))];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a frame
    <div role="group" aria-label="Days" className={classes.strip}>
      {months.map(([month, days]) => (
        <div key={month}>
          <div className={classes.month}>{MONTH.format(new Date(`${month}-01T00:00:00Z`))}</div>
          <div className={classes.days}>
            {days.map((day) => (
              <Tooltip key={day.day} label={inWords(day)} openDelay={100}>
                <button
                  type="button"
                  className={classes.day}
                  data-heat={heatOf(day)}
                  aria-pressed={chosen === day.day}
                  aria-label={inWords(day)}
                  onClick={() => onChoose(chosen === day.day ? null : day.day)}
                >
                  {Number(day.day.slice(8))}
                </button>
              </Tooltip>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

function inWords({ day, records, missing, extra }: ParityDay): string {
  const more = extra > 0 ? `, ${extra.toLocaleString('en')} in the book alone` : '';
  return `${day}: ${missing.toLocaleString('en')} of ${records.toLocaleString('en')} missing${more}`;
}
