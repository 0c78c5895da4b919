/** Events as a workflow of the older system sends them: the SMS scheduler's body, about 530 bytes. */
const NAMES = ['James', 'Mary', 'Robert', 'Patricia', 'John', 'Jennifer', 'Michael', 'Linda', 'Sarah', 'Mike'];
const TOPICS = ['sales', 'hiring', 'support', 'product', 'delivery', 'pricing', 'onboarding'];

/** Ten digits that stand for the number of the event, to be overwritten in place. */
export const PLACE = '0000000000';

/** One body; what makes it unique stands at `PLACE`, twice. */
export function eventBody(airtableId: string, n: number): string {
  const name = NAMES[n % NAMES.length];
  const topic = TOPICS[n % TOPICS.length];
  const text = `Hey ${name}, saw your form submission about ${topic} no ${PLACE}. If you want help mapping your ${topic} workflow, here is a link to book: https://calendly.com/uysp/strategy`;
  return JSON.stringify({
    eventType: 'MESSAGE_SENT',
    eventCategory: 'SMS',
    leadAirtableId: airtableId,
    description: `SMS sent: ${text.slice(0, 50)}...`,
    messageContent: text,
    metadata: { campaign_id: 'chatgpt_use_cases', phone: `408555${1000 + (n % 9000)}`, template_id: `recXYZ${n % 50}` },
    source: 'n8n:kJMMZ10anu4NqYUL',
    executionId: PLACE,
    timestamp: new Date().toISOString(),
  });
}

/** Where `PLACE` stands in `bytes`. */
export function placesOf(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(PLACE); at >= 0; at = bytes.indexOf(PLACE, at + PLACE.length)) places.push(at);
  return places;
}
