import { uuidv7 } from '#domain/ids.ts';
import type { Random } from './random.ts';

/** The people, companies and campaigns of the demo: all invented, under addresses and numbers reserved for examples. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface DemoCampaign {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly steps: number;
  /** What its messages are about, as in "help with …". */
  readonly topic: string;
  /** What it gives away. */
  readonly gift: string;
  readonly isNurture: boolean;
  readonly isArchived: boolean;
}

export interface DemoWorkspace {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly timeZone: string;
  readonly leads: number;
  readonly team: readonly [DemoPerson, ...DemoPerson[]];
  readonly campaigns: readonly [DemoCampaign, ...DemoCampaign[]];
}

export interface DemoContact {
  readonly airtableRecordId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly company: string;
  readonly title: string;
}

/** Known beforehand, so that live demo traffic finds them over HTTP. */
export const DEMO_WORKSPACE_IDS = [
  '019a0000-de30-7000-8000-000000000001',
  '019a0000-de30-7000-8000-000000000002',
] as const;

type CampaignLine = readonly [name: string, key: string, steps: number, topic: string, gift: string, more?: string];

const COACHING: readonly [CampaignLine, ...CampaignLine[]] = [
  ['ChatGPT Use Cases', 'chatgpt_use_cases', 5, 'AI in daily coaching work', 'list of 21 prompts'],
  ['Problem Mapping Template', 'problem_mapping', 4, 'mapping client problems', 'problem map template'],
  ['Pricing Webinar', 'pricing_webinar', 4, 'pricing group programs', 'webinar recording'],
  ['Spring Reactivation', 'spring_reactivation', 3, 'filling a spring cohort', 'checklist', 'archived'],
  ['Long-term Nurture', 'long_term_nurture', 6, 'growing a coaching practice', 'monthly digest', 'nurture'],
];
const ANALYTICS: readonly [CampaignLine, ...CampaignLine[]] = [
  ['Dashboard Trial', 'dashboard_trial', 5, 'reporting without spreadsheets', 'sample dashboard'],
  ['Data Audit Offer', 'data_audit_offer', 4, 'cleaning up messy data', 'audit worksheet'],
  ['Conference Follow-up', 'conference_follow_up', 3, 'what we showed at the booth', 'slide deck'],
  ['Long-term Nurture', 'data_nurture', 6, 'making decisions with data', 'field notes', 'nurture'],
];

/** What a campaign's messages are about, by its key; of an unknown one something that fits anybody. */
export function topicOf(key: string): { readonly topic: string; readonly gift: string } {
  const line = [...COACHING, ...ANALYTICS].find(([, known]) => known === key);
  return { topic: line?.[3] ?? 'what you asked about', gift: line?.[4] ?? 'guide' };
}

export function castWorkspaces(random: Random, at: number): readonly DemoWorkspace[] {
  const id = () => uuidv7(at, random.uuid());
  const person = (name: string): DemoPerson => {
    return { id: id(), name, email: `${name.toLowerCase().replaceAll(' ', '.')}@team.example.com` };
  };
  const campaign = ([name, key, steps, topic, gift, more]: CampaignLine): DemoCampaign => {
    return { id: id(), name, key, steps, topic, gift, isNurture: more === 'nurture', isArchived: more === 'archived' };
  };
  const campaigns = ([first, ...others]: readonly [CampaignLine, ...CampaignLine[]]) =>
    [campaign(first), ...others.map(campaign)] as const;
  return [
    {
      id: DEMO_WORKSPACE_IDS[0],
      name: 'Brightpath Coaching (demo)',
      slug: 'demo-brightpath-coaching',
      timeZone: 'America/New_York',
      leads: 120,
      team: [person('Nadia Okafor'), person('Tom Brecht'), person('Elena Ruiz')],
      campaigns: campaigns(COACHING),
    },
    {
      id: DEMO_WORKSPACE_IDS[1],
      name: 'Harbor Analytics (demo)',
      slug: 'demo-harbor-analytics',
      timeZone: 'Europe/Berlin',
      leads: 80,
      team: [person('Marcus Lind'), person('Priya Nair')],
      campaigns: campaigns(ANALYTICS),
    },
  ];
}

const words = (text: string) => text.trim().split(/\s+/);

const FIRST =
  words(`Ada Amir Anika Arlo Beatriz Bram Carmen Cedric Chloe Dario Delia Edgar Elif Emeka Esther Farid Fiona
  Gael Greta Hanna Hugo Ida Imani Ivan Jade Jonas Kaito Kira Lars Leila Lena Luca Maeve Malik Marta Mateo Mei Mila Nico
  Nora Olga Omar Otto Paloma Pavel Quinn Rafael Rania Rosa Ruben Sana Silas Sofia Tariq Tessa Theo Uma Viktor Yara Zoe`);
const LAST = words(`Abbott Adeyemi Aldous Barlow Bauer Beckett Calloway Castro Chandra Dahl Delgado Dorsey Eklund Farrow
  Fontaine Gallo Garrick Haddad Halvorsen Hartwell Ibarra Iqbal Jansen Keller Kimura Kowalski Larkin Lindqvist Lozano
  Maddox Marchetti Mbeki Moreau Nakata Novak Okoye Osborne Pacheco Petrov Quigley Rasmussen Renard Salazar Sato Schuster
  Silva Sorensen Tanaka Thorne Ueda Valdez Vance Weller Whitlock Xu Yilmaz Zeller Zuniga`);
const COMPANY =
  words(`Alder Birch Cobalt Delta Ember Fern Granite Hazel Indigo Juniper Kestrel Lumen Maple North Ochre Pine
  Quartz River Slate Tidal Umber Vale Willow Yonder Zenith`);
const KIND = words('Advisory Collective Consulting Group Institute Labs Partners Studio Training Works');
const TITLES = [
  'Founder',
  'Owner',
  'Executive Coach',
  'Head of Operations',
  'Managing Director',
  'Marketing Manager',
  'Operations Lead',
  'Program Director',
  'Sales Director',
  'Team Lead, Analytics',
] as const;
const AREA_CODES = ['202', '206', '212', '303', '312', '404', '415', '512', '602', '617', '702', '813'] as const;

/** So many different people: no name, address or number twice. */
export function castContacts(random: Random, count: number): DemoContact[] {
  const names = random.shuffled(FIRST.flatMap((first) => LAST.map((last) => [first, last] as const))).slice(0, count);
  const phones = random.shuffled(
    AREA_CODES.flatMap((area) => Array.from({ length: 100 }, (_, n) => [area, n] as const)),
  );
  return names.map(([firstName, lastName], i) => {
    const [area, n] = phones[i % phones.length] ?? ['202', 0];
    const line = `01${String(n).padStart(2, '0')}`;
    const domain = random.pick(['example.com', 'example.org', 'example.net']);
    return {
      airtableRecordId: `rec${random.word(14)}`,
      firstName,
      lastName,
      email: `${firstName}.${lastName}@${domain}`.toLowerCase(),
      phone: random.chance(0.7) ? `+1 (${area}) 555-${line}` : `${area}-555-${line}`,
      company: `${COMPANY[random.int(0, COMPANY.length - 1)]} ${KIND[random.int(0, KIND.length - 1)]}`,
      title: random.pick(TITLES),
    };
  });
}
