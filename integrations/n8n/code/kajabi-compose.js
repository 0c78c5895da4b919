/**
 * The message of each lead that is due, from the template of its record. A lead without a phone or a text is passed
 * over, and so is one whose number stands in the list already: nobody gets two texts in one go.
 */
export function run({ $input }) {
  const texted = new Set();
  return $input.all().flatMap(({ json }, i) => {
    // Airtable's search gives the fields beside the id, its update gives them under `fields`.
    const lead = { ...json.fields, ...json };
    const phone = String(lead.Phone ?? '').replace(/[^\d+]/g, '');
    const template = String([lead['SMS Text']].flat()[0] ?? '').trim();
    const line = phone.replace(/\D/g, '').slice(-10);
    if (line.length < 10 || template === '' || texted.has(line)) return [];
    texted.add(line);
    return [{ json: messageTo(lead, phone, template), pairedItem: { item: i } }];
  });
}

function messageTo(lead, phone, template) {
  const firstName = String(lead['First Name'] ?? '').trim() || 'there';
  return {
    lead_airtable_id: lead.id,
    phone,
    message_text: template.replaceAll('{first_name}', firstName),
    campaign: [lead.Campaign].flat()[0],
    step: Number(lead['SMS Step'] ?? 0) + 1,
    template_id: [lead['SMS Template']].flat()[0],
  };
}
