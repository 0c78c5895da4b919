import { withoutEmpty } from './lib/entry.js';

/**
 * Reads what Kajabi sends when a form is submitted: a list of resources (the submission, its form), one resource under
 * `data`, or the plain fields. Kajabi's phone fields are all optional; without any, the lead is kept and not texted.
 */
export function run({ $input }) {
  return $input.all().map(({ json }, i) => ({ json: readForm(json.body ?? json), pairedItem: { item: i } }));
}

function readForm(body) {
  const resources = [body, body.data, body.included].flat().filter(Boolean);
  const submission = resources.find(({ type }) => type === 'form_submissions') ?? resources[0];
  const form = resources.find(({ type }) => type === 'forms');
  const fields = submission.attributes ?? submission.payload ?? submission;
  const email = String(fields.email ?? '')
    .trim()
    .toLowerCase();
  if (email === '') throw new Error('The form submission has no e-mail address: is this webhook Kajabi’s?');
  const [firstName = '', ...rest] = String(fields.name ?? fields.first_name ?? '')
    .trim()
    .split(/\s+/);
  return withoutEmpty({
    email,
    first_name: firstName,
    last_name: rest.join(' ') || fields.last_name,
    phone: fields.mobile_phone_number ?? fields.phone_number ?? fields.business_number,
    campaign: form?.attributes?.title ?? fields.form_title,
    form_id: form?.id ?? submission.relationships?.form?.data?.id,
    submission_id: submission.id,
  });
}
