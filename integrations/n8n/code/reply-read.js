import { withoutEmpty } from './lib/entry.js';

/**
 * The words by which a person leaves, as carriers and SimpleTexting know them. The whole message must be one of them:
 * "please stop by on Friday" is a reply.
 */
const STOP_WORDS = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);

/** Reads what SimpleTexting reports: a text of a contact, or that a contact was unsubscribed. Other reports end here. */
export function run({ $input }) {
  return $input.all().flatMap(({ json }, i) => {
    const reply = readReply(json.body ?? json);
    return reply ? [{ json: reply, pairedItem: { item: i } }] : [];
  });
}

function readReply({ type, reportId, values }) {
  if (type === 'INCOMING_MESSAGE') {
    const keyword = stopWord(values.text);
    return withoutEmpty({
      event_type: keyword ? 'OPT_OUT' : 'INBOUND_REPLY',
      event_id: values.messageId ?? reportId,
      phone: values.contactPhone,
      account_phone: values.accountPhone,
      text: values.text,
      subject: values.subject,
      media_items: values.mediaItems?.length ? values.mediaItems : undefined,
      message_category: values.category,
      happened_at: values.timestamp,
      keyword,
    });
  }
  if (type === 'UNSUBSCRIBE_REPORT') {
    return withoutEmpty({
      event_type: 'OPT_OUT',
      event_id: reportId,
      phone: values.phone,
      contact_id: values.contactId,
    });
  }
  return undefined;
}

/** The stop word that a message is, whatever its case, spaces and signs: "Stop all!", "opt-out". */
function stopWord(text) {
  const letters = String(text ?? '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const word = letters.replace(/^PLEASE|PLEASE$/, '');
  return STOP_WORDS.has(word) ? word : undefined;
}
