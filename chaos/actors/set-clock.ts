const RealDate = Date;
let offsetMs = 0;

/** The clock of the machine, as it is after somebody has set it. */
class SetDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

/**
 * Sets the wall clock of this process off by so many milliseconds, at once, as ntpdate or a person does. What only ever
 * grows (performance.now) goes on as before.
 */
export function setClock(ms: number): void {
  offsetMs = ms;
  globalThis.Date = SetDate as DateConstructor;
}
