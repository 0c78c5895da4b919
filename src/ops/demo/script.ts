import { castContacts } from './cast.ts';
import type { Random } from './random.ts';
import { type Call, type LiveLead, makeArrival, makeScene, type Scene } from './scenes.ts';

/** An endless play about these leads. */
export interface Script {
  /** What happens next. `now` in milliseconds. */
  next(now: number): Call;
}

interface Due {
  readonly at: number;
  readonly call: Call;
  /** The Airtable id of the lead it is about. */
  readonly about: string;
}

/**
 * Several scenes at a time: what is due comes first, and when nothing is, another scene begins. So there is always
 * something to tell at whatever pace; a lead is in one scene at a time, and each scene keeps its order.
 */
export function createScript(random: Random, leads: readonly [LiveLead, ...LiveLead[]]): Script {
  const newcomers = random.shuffled(castContacts(random, 500));
  const gone = new Set<string>();
  let due: Due[] = [];

  const begin = (): { readonly about: string; readonly scene: Scene } => {
    const newcomer = random.chance(0.03) ? newcomers.pop() : undefined;
    if (newcomer) {
      // An address of its own, which no lead of the demo has.
      const email = newcomer.email.replace('@', `.${random.int(100, 999)}@`);
      const scene = makeArrival(random, { ...newcomer, email }, random.int(40, 90));
      return { about: newcomer.airtableRecordId, scene };
    }
    const busy = new Set(due.map(({ about }) => about));
    const open = leads.filter(({ airtableRecordId: id }) => !gone.has(id) && !busy.has(id));
    const lead = open[random.int(0, open.length - 1)] ?? leads[0];
    const scene = makeScene(random, lead);
    if (scene.some(isOptOut)) gone.add(lead.airtableRecordId);
    return { about: lead.airtableRecordId, scene };
  };

  return {
    next(now) {
      const [first] = due;
      if (first && first.at <= now) {
        due = due.slice(1);
        return first.call;
      }
      const { about, scene } = begin();
      let at = now;
      const beats = scene.map(({ after, call }): Due => {
        at += after * 1000;
        return { at, call, about };
      });
      due = [...due, ...beats.slice(1)].sort((a, b) => a.at - b.at);
      return beats[0]?.call ?? this.next(now);
    },
  };
}

function isOptOut({ call: { body } }: Scene[number]): boolean {
  return 'eventType' in body && body.eventType === 'OPT_OUT';
}
