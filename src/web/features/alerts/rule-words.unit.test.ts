import { describe, expect, it } from 'vitest';
import { paramsInWords, quietInWords } from './rule-words.ts';

describe('a rule in words', () => {
  it('names its thresholds, those left out as they come', () => {
    expect(paramsInWords({ kind: 'persistent-failures', params: { threshold: 3 } })).toBe(
      'Failures: 3 events · Within: 15 minutes',
    );
  });

  it('names its quiet times', () => {
    const every = [1, 2, 3, 4, 5, 6, 7];
    expect(quietInWords([])).toBe('');
    expect(quietInWords([{ days: every, from: '22:00', to: '07:00' }])).toBe('Quiet 22:00–07:00');
    expect(quietInWords([{ days: [6, 7], from: '00:00', to: '00:00' }])).toBe('Quiet Sat, Sun all day');
  });
});
