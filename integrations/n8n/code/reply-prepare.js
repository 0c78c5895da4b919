import { providerKey, shortened, timeOf, withoutEmpty } from './lib/entry.js';
import { leadReference } from './lib/lead.js';

/** The entry of a reply or an opt-out. `$input` is what the lookup of the lead found. */
export function run({ $, $input, $execution }) {
  const { json: reply } = $('Read Reply').first();
  return [
    {
      json: {
        eventType: reply.event_type,
        eventCategory: 'SMS',
        ...leadReference($input.all(), { leadPhone: reply.phone }),
        description: describe(reply),
        ...(reply.text && { messageContent: reply.text }),
        metadata: withoutEmpty({
          simpletexting_id: reply.event_id,
          phone: reply.phone,
          account_phone: reply.account_phone,
          keyword: reply.keyword,
          subject: reply.subject,
          media_items: reply.media_items,
          message_category: reply.message_category,
          contact_id: reply.contact_id,
        }),
        source: 'n8n:reply-handler',
        executionId: $execution.id,
        ...timeOf(reply.happened_at),
        idempotencyKey: providerKey('simpletexting', reply.event_id, reply.event_type),
      },
      pairedItem: { item: 0 },
    },
  ];
}

function describe(reply) {
  if (reply.event_type === 'INBOUND_REPLY') return `Replied: ${shortened(reply.text) || 'a picture or file'}`;
  return reply.keyword ? `Opted out by ${reply.keyword}` : 'Unsubscribed, as SimpleTexting reports';
}
