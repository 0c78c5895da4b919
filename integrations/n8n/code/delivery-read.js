import { withoutEmpty } from './lib/entry.js';

const EVENT_TYPES = { DELIVERY_REPORT: 'MESSAGE_DELIVERED', NON_DELIVERED_REPORT: 'MESSAGE_FAILED' };

/** Reads a delivery report of SimpleTexting. Other reports end here. */
export function run({ $input }) {
  return $input.all().flatMap(({ json }, i) => {
    const { type, reportId, values } = json.body ?? json;
    const eventType = EVENT_TYPES[type];
    if (!eventType) return [];
    const report = withoutEmpty({
      event_type: eventType,
      message_id: values.messageId ?? reportId,
      phone: values.contactPhone,
      account_phone: values.accountPhone,
      carrier: values.carrier,
      message_category: values.category,
      reference_type: values.referenceType,
    });
    return [{ json: report, pairedItem: { item: i } }];
  });
}
