'use client';

import { useState } from 'react';

/** The same object as last time for as long as it says the same, so that effects run when something changed. */
export function useStable<Value>(value: Value): Value {
  const [stable, setStable] = useState(value);
  if (JSON.stringify(stable) === JSON.stringify(value)) return stable;
  setStable(value);
  return value;
}
