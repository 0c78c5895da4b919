/** Ids in the examples of the document; its test makes records that have them and sends every example as it stands. */
export const EXAMPLE_IDS = {
  lead: '0198c2a1-7c00-7000-8000-00000000001d',
  activity: '0198c2a1-7c00-7000-8000-0000000000ac',
  campaign: '0198c2a1-7c00-7000-8000-0000000000ca',
  member: '0198c2a1-7c00-7000-8000-0000000000ae',
  quarantined: '0198c2a1-7c00-7000-8000-00000000000e',
  alert: '0198c2a1-7c00-7000-8000-0000000000a1',
  replay: '0198c2a1-7c00-7000-8000-0000000000e1',
} as const;

export const EXAMPLE_MEMBER = 'mara@example.com';
