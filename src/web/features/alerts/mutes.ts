/** For how long something can be muted. */
export const MUTES = [
  { minutes: 60, label: 'For an hour' },
  { minutes: 480, label: 'For 8 hours' },
  { minutes: 1_440, label: 'For a day' },
  { minutes: 10_080, label: 'For a week' },
] as const;
