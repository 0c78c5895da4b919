/** What else can happen: several things away at once, two log nodes, refusals, a queue that stays. */
import { CALENDLY, DRAIN, REPLIES, SCHEDULER, TRIGGERS } from '../testing/names.ts';
import { calendlyCreated, kajabiForm, simpleTextingMessage } from '../testing/payloads.ts';
import { dueLeads, ofRound } from './cases.ts';
import { clear, counted, drain } from './observe.ts';
import { queueRows, type Stage } from './stage.ts';
import { TWO_LOG_NODES } from './two-log-nodes.ts';

export interface Scene {
  readonly name: string;
  /** What was seen, for the report. */
  readonly seen: string;
  readonly isRight: boolean;
}

type Play = (stage: Stage) => Promise<Omit<Scene, 'name'>>;

const REPLY = 'uysp-simpletexting-reply';
const reply = (text: string, id: string) => simpleTextingMessage(text, id);
const keysOf = (entries: readonly Readonly<Record<string, unknown>>[]) =>
  entries.map(({ idempotencyKey }) => String(idempotencyKey));

export const SCENES: Readonly<Record<string, Play>> = {
  async 'A form at Kajabi'(stage) {
    clear(stage, []);
    const execution = await stage.n8n.callWebhook(SCHEDULER, 'uysp-kajabi-form', kajabiForm);
    const lead = stage.world.tables.get('Leads')?.[0]?.fields;
    return {
      seen: `${execution.status}; the lead ${lead?.Email} is in Airtable as ${lead?.['SMS Status']}`,
      isRight: execution.status === 'success' && lead?.['SMS Status'] === 'Due',
    };
  },

  async 'Two copies of the log nodes in one loop, texts that SimpleTexting did not number'(stage) {
    clear(stage, dueLeads(3));
    stage.world.down.add('simpletexting');
    const execution = await stage.n8n.executeFrom(TWO_LOG_NODES, TRIGGERS[SCHEDULER] ?? '');
    stage.world.down.clear();
    const prepared = ['Prepare Activity Log Entry', 'Prepare Activity Log Entry1'].map((node) => execution.given(node));
    const keys = keysOf(prepared.flat());
    const inBook = await stage.countInBook(keys);
    return {
      seen: `${prepared.map((one) => one.length).join(' + ')} entries, ${new Set(keys).size} keys, ${inBook} in the book`,
      isRight: new Set(keys).size === 6 && inBook === 6,
    };
  },

  async 'STOP stops the texting in Airtable'(stage) {
    clear(stage, [{ id: 'recDANA0000000001', fields: { Phone: '4085550134', 'SMS Status': 'Due' } }]);
    await stage.n8n.callWebhook(REPLIES, REPLY, reply('STOP', 'stop-in-airtable'));
    const lead = stage.world.tables.get('Leads')?.[0]?.fields;
    return {
      seen: `SMS Stop ${lead?.['SMS Stop']}, SMS Status ${lead?.['SMS Status']}`,
      isRight: lead?.['SMS Stop'] === true && lead['SMS Status'] === 'Stopped',
    };
  },

  async 'Bridge and Airtable away'(stage) {
    clear(stage, []);
    const execution = await awayWith(stage, ['airtable'], 'airtable-away');
    const [message = ''] = stage.world.slack;
    return {
      seen: `${execution.status}; Slack: “${lastLine(message)}”`,
      isRight: execution.status === 'success' && message.includes('NOT written to Retry_Queue'),
    };
  },

  async 'Bridge, Airtable and Slack away, then *Retry* in n8n'(stage) {
    clear(stage, []);
    const execution = await awayWith(stage, ['airtable', 'slack'], 'all-away');
    const prepared = execution.given('Prepare Activity Log Entry');
    const again = await stage.n8n.retry(execution.id);
    const inBook = await stage.countInBook(keysOf(prepared));
    const answer = await fetch(`${stage.bridge.url}/api/internal/log-activity`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': stage.serviceKey },
      body: JSON.stringify(prepared[0]),
    });
    return {
      seen: [
        `${execution.status}: “${execution.error}”`,
        `n8n’s retry: ${again.status}, ${inBook} in the book, ${stage.world.slack.length} messages in Slack`,
        `the entry of *Prepare Activity Log Entry* sent by hand: ${answer.status}`,
      ].join('; '),
      isRight: execution.status === 'error' && answer.status === 201,
    };
  },

  async 'The key is refused (401)'(stage) {
    clear(stage, []);
    await stage.bridge.set('401');
    await stage.n8n.callWebhook(REPLIES, REPLY, reply('Hello', 'key-refused'));
    await stage.bridge.set('up');
    const answers = counted(stage.bridge.requests.map(({ status }) => String(status)));
    const queued = queueRows(stage.world).length;
    const done = await drain(stage);
    return { seen: `${answers}; ${queued} row, ${done} done by the drain`, isRight: queued === 1 && done === 1 };
  },

  async 'n8n is killed between two tries, started again, and the execution retried'(stage) {
    clear(stage, []);
    await stage.bridge.set('500');
    const isAtIt = () => stage.bridge.requests.length > 0;
    const crashed = await stage.n8n.crash(REPLIES, REPLY, reply('Hello', 'killed-between'), isAtIt);
    await stage.bridge.set('up');
    const keys = keysOf(crashed.given('Prepare Activity Log Entry'));
    const again = await stage.n8n.retry(crashed.id);
    const inBook = await stage.countInBook(keys);
    return {
      seen: `${crashed.status}, with ${keys.length} prepared entry in its data; n8n’s retry: ${again.status}, ${inBook} in the book`,
      isRight: keys.length === 1 && again.status === 'success' && inBook === 1,
    };
  },

  async 'An event that the bridge refuses (422)'(stage) {
    clear(stage, []);
    const before2000 = { ...calendlyCreated, created_at: '1999-12-31T00:00:00Z' };
    await stage.n8n.callWebhook(CALENDLY, 'uysp-calendly', ofRound(before2000, 422));
    const answers = counted(stage.bridge.requests.map(({ status }) => String(status)));
    const [message = ''] = stage.world.slack;
    return {
      seen: `${answers}; ${queueRows(stage.world).length} rows; Slack: “${lastLine(message)}”`,
      isRight: queueRows(stage.world).length === 0 && /In quarantine as [0-9a-f-]{36}/.test(message),
    };
  },

  async 'The same message id with another text (409)'(stage) {
    clear(stage, []);
    await stage.n8n.callWebhook(REPLIES, REPLY, reply('One text', 'told-twice'));
    await stage.n8n.callWebhook(REPLIES, REPLY, reply('Another text', 'told-twice'));
    const answers = counted(stage.bridge.requests.map(({ status }) => String(status)));
    const [message = ''] = stage.world.slack;
    return {
      seen: `${answers}; ${queueRows(stage.world).length} rows; Slack: “${lastLine(message)}”`,
      isRight: queueRows(stage.world).length === 0 && message.includes('409 IDEMPOTENCY_CONFLICT'),
    };
  },

  async 'The drain: one row good, one refused, one unreadable; first while the bridge answers 500'(stage) {
    clear(stage, []);
    await stage.bridge.set('down');
    await stage.n8n.callWebhook(REPLIES, REPLY, reply('Hello', 'to-be-drained'));
    const rows = queueRows(stage.world);
    const bad = { queue_id: 'bad', operation_type: 'activity_log', retry_count: 0 };
    rows.push({ id: 'recBAD00000000001', fields: { ...bad, payload: '{"eventType":"NO_SUCH_TYPE"}' } });
    rows.push({ id: 'recBAD00000000002', fields: { ...bad, queue_id: 'unreadable', payload: '[object Object]' } });
    await stage.bridge.set('500');
    await drain(stage);
    const first = counted(rows.map(({ fields }) => String(fields.status)));
    const waits = rows[0]?.fields.retry_count === 1 && Date.parse(String(rows[0].fields.next_retry_at)) > Date.now();
    await stage.bridge.set('up');
    stage.world.slack.splice(0);
    await drain(stage);
    const then = counted(rows.map(({ fields }) => String(fields.status)));
    return {
      seen: `at 500: ${first}, again in five minutes; with the bridge back: ${then}; ${stage.world.slack.length} message in Slack`,
      isRight: waits && then === 'done ×1, refused ×2' && stage.world.slack.length === 1,
    };
  },

  async 'The drain again, with nothing left'(stage) {
    const before = await stage.countAll();
    stage.bridge.forget();
    const execution = await stage.n8n.executeFrom(DRAIN, TRIGGERS[DRAIN] ?? '');
    const grown = (await stage.countAll()) - before;
    return {
      seen: `${execution.status}; ${stage.bridge.requests.length} requests, the book grew by ${grown}`,
      isRight: execution.status === 'success' && stage.bridge.requests.length === 0 && grown === 0,
    };
  },
};

async function awayWith({ n8n, world, bridge }: Stage, down: readonly ('airtable' | 'slack')[], id: string) {
  for (const one of down) world.down.add(one);
  await bridge.set('down');
  const execution = await n8n.callWebhook(REPLIES, REPLY, reply('Hello', id));
  await bridge.set('up');
  world.down.clear();
  return execution;
}

/** What Slack is told last, without n8n's own footer. */
function lastLine(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('_Automated'));
  return lines.at(-1) ?? 'nothing';
}
