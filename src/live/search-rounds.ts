import type { Logger } from '#platform/log.ts';
import type { LiveEvent } from './event.ts';
import { type Found, NOTHING_FOUND } from './feeds.ts';
import type { Group } from './group.ts';
import type { Registry } from './registry.ts';
import type { Ring } from './ring.ts';
import type { Searches } from './searches.ts';
import type { Subscriber } from './subscriber.ts';

export interface SearchRoundsDeps {
  readonly registry: Registry;
  readonly ring: Ring;
  readonly searches: Searches;
  readonly log: Logger;
  readonly deliver: (group: Group<Subscriber>, events: readonly LiveEvent[], found: Found) => void;
  /** The live members of this group cannot be served from `from` to `to` here: they have to catch up, or to resync. */
  readonly onMissed: (group: Group<Subscriber>, from: number, canCatchUp: boolean) => void;
  readonly onMoved: () => void;
}

/**
 * Serves the groups that search. They stay a query behind the others: a round asks the database for the rows that came
 * since the last round, each distinct search once, and delivers; rounds follow each other without a pause while there is
 * something new, so that a slow database makes rounds larger, not more.
 */
export class SearchRounds {
  readonly #deps: SearchRoundsDeps;
  #head = 0;
  /** Counts the restarts, so that a round that was under way can tell that it is about another book. */
  #generation = 0;
  #isRunning = false;

  constructor(deps: SearchRoundsDeps) {
    this.#deps = deps;
  }

  /** The position up to which the groups that search have been served. */
  get head(): number {
    return this.#head;
  }

  /** Goes on from the head of the ring: before the first group that searches joins, and when the book starts anew. */
  restart(): void {
    this.#head = this.#deps.ring.head;
    this.#generation += 1;
  }

  /** There is something new in the ring. */
  wake(): void {
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    const { registry, ring } = this.#deps;
    this.#isRunning = true;
    while (registry.searching.size > 0 && this.#head < ring.head) await this.#round(this.#head, ring.head);
    this.#isRunning = false;
  }

  async #round(from: number, to: number): Promise<void> {
    const { registry, ring, deliver, onMissed, onMoved } = this.#deps;
    const generation = this.#generation;
    const answers = await this.#askFor(from, to);
    if (generation !== this.#generation) return;
    this.#head = to;
    for (const group of registry.searching) {
      const found = answers.get(group);
      if (found === 'failed') onMissed(group, from, false);
      else if (!ring.covers(from)) onMissed(group, from, true);
      else deliver(group, ring.range(group.set.workspaceId, from, to, ring.count), found ?? NOTHING_FOUND);
    }
    onMoved();
  }

  /** The answers for the groups whose workspace has something new; those that join meanwhile are asked for as well. */
  async #askFor(from: number, to: number): Promise<ReadonlyMap<Group<Subscriber>, Found | 'failed'>> {
    const { registry, ring, searches, log } = this.#deps;
    const answers = new Map<Group<Subscriber>, Found | 'failed'>();
    const unanswered = () =>
      [...registry.searching].filter(
        (group) => !answers.has(group) && ring.range(group.set.workspaceId, from, to, 1).length > 0,
      );
    for (let groups = unanswered(); groups.length > 0; groups = unanswered()) {
      const settled = await Promise.allSettled(groups.map(({ set }) => searches.find(set, from, to)));
      for (const [index, group] of groups.entries()) {
        const answer = settled[index];
        if (answer?.status === 'rejected') log.warn({ err: answer.reason, from, to }, 'a live search failed');
        answers.set(group, answer?.status === 'fulfilled' ? answer.value : 'failed');
      }
    }
    return answers;
  }
}
