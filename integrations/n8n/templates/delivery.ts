import { findByPhone } from './find-by-phone.ts';
import { logBlock } from './log-block.ts';
import { airtableChange, airtableSearch, code, isTrue, note, webhook } from './nodes.ts';
import type { Settings } from './settings.ts';
import { toWorkflow } from './workflow.ts';

const NOTE = `## UYSP-ST-Delivery V2
SimpleTexting calls this webhook for **DELIVERY_REPORT** (logged as **MESSAGE_DELIVERED**) and **NON_DELIVERED_REPORT** (logged as **MESSAGE_FAILED**).

Key: SimpleTexting's message id and the kind. The same message id stands in the MESSAGE_SENT of the scheduler, so sent and delivered can be told to belong together.`;

/** Logs whether texts arrived. */
export function delivery(settings: Settings) {
  const log = logBlock({ settings, at: [660, 300], prepare: 'delivery-prepare' });
  return toWorkflow({
    name: 'UYSP-ST-Delivery V2',
    nodes: [
      webhook('SimpleTexting Delivery', [0, 300], 'uysp-simpletexting-delivery'),
      code('Read Report', [220, 300], 'delivery-read'),
      airtableSearch('Find Lead', [440, 300], findByPhone(settings)),
      isTrue('Lead Found?', [880, 60], '={{ $json.leadAirtableId !== undefined }}'),
      airtableChange('Mark Delivery', [1100, 60], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.leadAirtableId }}'],
          ['SMS Delivery', 'string', "={{ $json.eventType === 'MESSAGE_DELIVERED' ? 'Delivered' : 'Not delivered' }}"],
        ],
        onError: 'continueRegularOutput',
      }),
      note('Note', [0, -40], [620, 260], NOTE),
      ...log.nodes,
    ],
    links: [
      ['SimpleTexting Delivery', 'Read Report'],
      ['Read Report', 'Find Lead'],
      ['Find Lead', 'Prepare Activity Log Entry'],
      ['Prepare Activity Log Entry', 'Lead Found?'],
      ['Lead Found?', 'Mark Delivery', 0],
      ...log.links,
    ],
  });
}
