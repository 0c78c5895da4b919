import { SERVICE_KEY } from './service-key.ts';

/** Leads that most events are about, so that rows of leads are locked and moved as in real life. */
export async function makeLeads(port: number, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `recCHAOS${String(i).padStart(8, '0')}`);
  for (let from = 0; from < ids.length; from += 100) {
    const leads = ids.slice(from, from + 100).map((airtableRecordId) => ({ airtableRecordId, firstName: 'Chaos' }));
    const answer = await fetch(`http://127.0.0.1:${port}/api/internal/leads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': SERVICE_KEY },
      body: JSON.stringify({ leads }),
    });
    if (!answer.ok) throw new Error(`leads could not be made: ${answer.status} ${await answer.text()}`);
  }
  // Some that nobody knows.
  return [...ids, ...Array.from({ length: Math.ceil(count / 10) }, (_, i) => `recUNKNOWN${i}`)];
}
