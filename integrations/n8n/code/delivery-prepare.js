import { providerKey, timeOf, withoutEmpty } from './lib/entry.js';
import { leadReference } from './lib/lead.js';

/**
 * The entry of a delivery report. `$input` is what the lookup of the lead found. SimpleTexting does not say when the
 * carrier reported: the time is that at which the report came here first.
 */
export function run({ $, $input, $execution }) {
  const { json: report } = $('Read Report').first();
  const isDelivered = report.event_type === 'MESSAGE_DELIVERED';
  const carrier = report.carrier ? ` (${report.carrier})` : '';
  return [
    {
      json: {
        eventType: report.event_type,
        eventCategory: 'SMS',
        ...leadReference($input.all(), { leadPhone: report.phone }),
        description: isDelivered ? `SMS delivered${carrier}` : `SMS not delivered, as the carrier reports${carrier}`,
        metadata: withoutEmpty({
          simpletexting_id: report.message_id,
          phone: report.phone,
          account_phone: report.account_phone,
          carrier: report.carrier,
          message_category: report.message_category,
          reference_type: report.reference_type,
          error_code: isDelivered ? undefined : 'NON_DELIVERED_REPORT',
        }),
        source: 'n8n:st-delivery',
        executionId: $execution.id,
        ...timeOf(undefined),
        idempotencyKey: providerKey('simpletexting', report.message_id, report.event_type),
      },
      pairedItem: { item: 0 },
    },
  ];
}
