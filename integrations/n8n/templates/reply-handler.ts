import { findByPhone } from './find-by-phone.ts';
import { logBlock } from './log-block.ts';
import { airtableChange, airtableSearch, code, isTrue, note, THREE_TRIES, webhook } from './nodes.ts';
import type { Settings } from './settings.ts';
import { toWorkflow } from './workflow.ts';

const NOTE = `## UYSP-SimpleTexting-Reply-Handler
SimpleTexting calls this webhook for **INCOMING_MESSAGE** and **UNSUBSCRIBE_REPORT**.

A message that is nothing but STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE or OPT OUT is logged as **OPT_OUT** and ends at once the texting of every lead that has its number. Every other message is an **INBOUND_REPLY**.

Key: SimpleTexting's message id and the kind.`;

/** More leads than that share no number. */
const MOST_LEADS = 100;

/**
 * Logs replies and opt-outs; whoever opts out is not texted again. It is the number that opts out: where two leads have it,
 * it is not clear whose the event is, and both are stopped. That comes first, and waits for no bridge.
 */
export function replyHandler(settings: Settings) {
  const log = logBlock({ settings, at: [660, 300], prepare: 'reply-prepare' });
  return toWorkflow({
    name: 'UYSP-SimpleTexting-Reply-Handler',
    nodes: [
      webhook('SimpleTexting Reply', [0, 300], 'uysp-simpletexting-reply'),
      code('Read Reply', [220, 300], 'reply-read'),
      airtableSearch('Find Lead', [440, 300], findByPhone(settings, MOST_LEADS)),
      isTrue(
        'Opted Out?',
        [660, 60],
        "={{ $('Read Reply').first().json.event_type === 'OPT_OUT' && $json.id !== undefined }}",
      ),
      airtableChange('Stop Texting', [880, 60], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.id }}'],
          ['SMS Stop', 'boolean', true],
          ['SMS Status', 'string', 'Stopped'],
        ],
        ...THREE_TRIES,
        onError: 'continueRegularOutput',
      }),
      note('Note', [0, -40], [620, 280], NOTE),
      ...log.nodes,
    ],
    links: [
      ['SimpleTexting Reply', 'Read Reply'],
      ['Read Reply', 'Find Lead'],
      ['Find Lead', 'Opted Out?'],
      ['Find Lead', 'Prepare Activity Log Entry'],
      ['Opted Out?', 'Stop Texting', 0],
      ...log.links,
    ],
  });
}
