/** What the providers send, in the shapes that they document; people, numbers and ids are made up. */

/** As n8n's webhook node hands it on. */
export function webhookItem(body: unknown) {
  return { headers: { 'content-type': 'application/json' }, params: {}, query: {}, body };
}

export const kajabiForm = [
  {
    id: '90210',
    type: 'form_submissions',
    attributes: {
      name: 'Dana de la Cruz',
      email: ' Dana.Cruz@Example.com ',
      address_city: null,
      phone_number: null,
      business_number: null,
      mobile_phone_number: '(408) 555-0134',
    },
    relationships: {
      site: { data: { id: '2', type: 'sites' } },
      form: { data: { id: '77', type: 'forms' } },
    },
  },
  {
    id: '77',
    type: 'forms',
    attributes: { title: 'ChatGPT Use Cases', default: false, webhook_url: null },
    relationships: { site: { data: { id: '2', type: 'sites' } } },
  },
];

const EVENT = 'https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2';
const LATER_EVENT = 'https://api.calendly.com/scheduled_events/HCHCEDBBEBFEDSA3';

interface Calendly {
  readonly event: string;
  readonly created_at: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const invitee = {
  uri: `${EVENT}/invitees/AAAAAAAAAAAAAAAA`,
  email: 'sarah.lee@example.com',
  first_name: 'Sarah',
  last_name: 'Lee',
  name: 'Sarah Lee',
  status: 'active',
  timezone: 'America/New_York',
  event: EVENT,
  created_at: '2025-11-07T15:22:10.678123Z',
  updated_at: '2025-11-07T15:22:10.678123Z',
  questions_and_answers: [{ question: 'What would you like to talk about?', answer: 'Pricing', position: 0 }],
  tracking: { utm_campaign: 'november', utm_source: 'sms', utm_medium: null, utm_content: null, utm_term: null },
  text_reminder_number: '+1 408-555-0199',
  rescheduled: false,
  old_invitee: null,
  new_invitee: null,
  cancel_url: 'https://calendly.com/cancellations/AAAAAAAAAAAAAAAA',
  reschedule_url: 'https://calendly.com/reschedulings/AAAAAAAAAAAAAAAA',
  scheduled_event: {
    uri: EVENT,
    name: 'Strategy Call',
    status: 'active',
    start_time: '2025-11-10T14:00:00.000000Z',
    end_time: '2025-11-10T14:30:00.000000Z',
    event_type: 'https://api.calendly.com/event_types/GBGBDCAADAEDCRZ2',
    location: { type: 'zoom', status: 'pushed', join_url: 'https://zoom.example.com/j/1' },
  },
};

export const calendlyCreated: Calendly = {
  event: 'invitee.created',
  created_at: '2025-11-07T15:22:11.000000Z',
  payload: invitee,
};

export const calendlyCancelled: Calendly = {
  event: 'invitee.canceled',
  created_at: '2025-11-08T09:00:01.000000Z',
  payload: {
    ...invitee,
    status: 'canceled',
    cancellation: {
      canceled_by: 'Sarah Lee',
      reason: 'Something came up',
      canceler_type: 'invitee',
      created_at: '2025-11-08T09:00:00.000000Z',
    },
  },
};

const laterInvitee = `${LATER_EVENT}/invitees/BBBBBBBBBBBBBBBB`;

/** The two halves of a rescheduling: the old time is cancelled, the new one created. */
export const calendlyRescheduled: readonly [cancelled: Calendly, created: Calendly] = [
  {
    ...calendlyCancelled,
    payload: { ...calendlyCancelled.payload, rescheduled: true, new_invitee: laterInvitee },
  },
  {
    event: 'invitee.created',
    created_at: '2025-11-08T09:00:02.000000Z',
    payload: {
      ...invitee,
      uri: laterInvitee,
      event: LATER_EVENT,
      old_invitee: invitee.uri,
      scheduled_event: {
        ...invitee.scheduled_event,
        uri: LATER_EVENT,
        start_time: '2025-11-12T16:00:00.000000Z',
        end_time: '2025-11-12T16:30:00.000000Z',
      },
    },
  },
];

/** A message of a contact. */
export function simpleTextingMessage(text: string, messageId = '507f191e810c19729de860ea') {
  return {
    reportId: '617f191e810c19729de86001',
    webhookId: '507f191e810c19729de86000',
    type: 'INCOMING_MESSAGE',
    values: {
      messageId,
      text,
      accountPhone: '8005551234',
      contactPhone: '4085550134',
      timestamp: '2025-11-07T16:20:08.489Z',
      category: 'SMS',
    },
  };
}

export const simpleTextingUnsubscribed = {
  reportId: '617f191e810c19729de86002',
  webhookId: '507f191e810c19729de86000',
  type: 'UNSUBSCRIBE_REPORT',
  values: { contactId: '507f191e810c19729de86c01', phone: '4085550134' },
};

export function simpleTextingDelivery(type: 'DELIVERY_REPORT' | 'NON_DELIVERED_REPORT') {
  return {
    reportId: '617f191e810c19729de86003',
    webhookId: '507f191e810c19729de86000',
    type,
    values: {
      messageId: '507f191e810c19729de80001',
      category: 'SMS',
      referenceType: 'API',
      accountPhone: '8005551234',
      contactPhone: '4085550134',
      carrier: 'Verizon',
    },
  };
}

/** Leads as Airtable gives them to the scheduler. */
export function dueLead(n: number) {
  return {
    id: `recLEAD000000000${n}`,
    fields: {
      'First Name': `Lead${n}`,
      Phone: `+1 408 555 01${String(30 + n)}`,
      Email: `lead${n}@example.com`,
      Campaign: 'chatgpt_use_cases',
      'SMS Status': 'Due',
      'SMS Step': 0,
      'SMS Template': ['recTEMPLATE000001'],
      'SMS Text': ['Hey {first_name}, saw your form submission. If you want help getting started, reply here.'],
    },
  };
}
