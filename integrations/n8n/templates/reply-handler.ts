import { findByPhone } from './find-by-phone.ts';
import { logBlock } from './log-block.ts';
import { airtableChange, airtableSearch, code, isTrue, note, THREE_TRIES, webhook } from './nodes.ts';
import type { Settings } from './settings.ts';
import { toWorkflow } from './workflow.ts';

const NOTE = `## UYSP-SimpleTexting-Reply-Handler
SimpleTexting calls this webhook for **INCOMING_MESSAGE** and **UNSUBSCRIBE_REPORT**.

A message that is nothing but STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE or OPT OUT is logged as **OPT_OUT** and ends the texting of its lead at once. Every other message is an **INBOUND_REPLY**.

Key: SimpleTexting's message id and the kind.`;

/** Logs replies and opt-outs; whoever opts out is not texted again. */
export function replyHandler(settings: Settings) {
  const log = logBlock({ settings, at: [660, 300], prepare: 'reply-prepare' });
  return toWorkflow({
    name: 'UYSP-SimpleTexting-Reply-Handler',
    nodes: [
      webhook('SimpleTexting Reply', [0, 300], 'uysp-simpletexting-reply'),
      code('Read Reply', [220, 300], 'reply-read'),
      airtableSearch('Find Lead', [440, 300], findByPhone(settings)),
      isTrue('Opted Out?', [880, 60], "={{ $json.eventType === 'OPT_OUT' && $json.leadAirtableId !== undefined }}"),
      airtableChange('Stop Texting', [1100, 60], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.leadAirtableId }}'],
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
      ['Find Lead', 'Prepare Activity Log Entry'],
      ['Prepare Activity Log Entry', 'Opted Out?'],
      ['Opted Out?', 'Stop Texting', 0],
      ...log.links,
    ],
  });
}
