/** How many sources are remembered, and how many times of each. */
const SOURCES = 1_000;
const TIMES = 100;

/**
 * How long the activities of each source took from recorded until they had been read for open feeds: the last of them, of those
 * sources that were heard last. Bounded, whatever callers call their sources.
 */
export class DeliveryTimes {
  /** By workspace and source; the one that was heard longest ago comes first. */
  readonly #times = new Map<string, { readonly workspaceId: string; readonly source: string; ms: number[] }>();

  note(workspaceId: string, source: string, ms: number): void {
    const key = `${workspaceId} ${source}`;
    const known = this.#times.get(key) ?? { workspaceId, source, ms: [] };
    known.ms.push(ms);
    if (known.ms.length > TIMES) known.ms.shift();
    this.#times.delete(key);
    this.#times.set(key, known);
    if (this.#times.size <= SOURCES) return;
    for (const oldest of this.#times.keys()) {
      this.#times.delete(oldest);
      return;
    }
  }

  /** By source, in milliseconds. */
  of(workspaceId: string): ReadonlyMap<string, readonly number[]> {
    const own = [...this.#times.values()].filter((entry) => entry.workspaceId === workspaceId);
    return new Map(own.map(({ source, ms }) => [source, [...ms]]));
  }
}
