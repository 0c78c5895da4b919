/** What the workflows talk to, apart from the bridge: an Airtable base, a Slack channel, SimpleTexting. */

export interface AirtableRecord {
  readonly id: string;
  fields: Record<string, unknown>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export interface World {
  /** Tables by the name or id that the workflows ask for. */
  readonly tables: Map<string, AirtableRecord[]>;
  /** Texts that were posted. */
  readonly slack: string[];
  /** Texts that SimpleTexting was asked to send. */
  readonly sms: unknown[];
  /** What does not work. */
  readonly down: Set<'airtable' | 'slack' | 'simpletexting'>;
  /** What a search finds: for each table, records of it. Everything, when nothing is said. */
  readonly find: Map<string, (record: AirtableRecord) => boolean>;
  /** Sends a request of an HTTP node. */
  request(url: string, body: unknown): Promise<HttpAnswer>;
}

export interface WorldOptions {
  readonly tables?: Readonly<Record<string, readonly AirtableRecord[]>>;
  /** The address of the bridge and a key. */
  readonly bridge: { readonly url: string; readonly key: string };
  /** In place of the bridge. */
  readonly answer?: () => HttpAnswer;
}

export const SIMPLETEXTING = 'https://api-app2.simpletexting.com/v2/api/messages';

export function createWorld({ tables = {}, bridge, answer }: WorldOptions): World {
  const world: World = {
    tables: new Map(Object.entries(tables).map(([name, records]) => [name, records.map((record) => ({ ...record }))])),
    slack: [],
    sms: [],
    down: new Set(),
    find: new Map(),
    async request(url, body) {
      if (url === SIMPLETEXTING) return sendSms(world, body);
      if (answer) return answer();
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': bridge.key },
        body: JSON.stringify(body),
        redirect: 'manual',
      });
      return { status: response.status, text: await response.text() };
    },
  };
  return world;
}

/** SimpleTexting never gives an id twice, in whichever world. */
let messages = 0;

export function sendSms(world: World, body: unknown): HttpAnswer {
  if (world.down.has('simpletexting')) {
    return { status: 400, text: JSON.stringify({ code: 'INVALID_PHONE', message: 'The contact phone is not valid' }) };
  }
  world.sms.push(body);
  messages += 1;
  const id = `507f191e810c19729de9${String(messages).padStart(4, '0')}`;
  return { status: 201, text: JSON.stringify({ id, credits: 1 }) };
}
