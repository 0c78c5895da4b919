import type { EventRule, ImportMappingInput } from '#domain/import-mapping.ts';

/**
 * The sales pipeline of a CRM, one line for each opportunity (opportunity_id, sales_agent, product, account, deal_stage,
 * engage_date, close_date, close_value): each opportunity becomes a lead, its stages the lead's journey. Dates are DD-MM-YY
 * and have no time: an engagement is dated at the first moment of its day, a close too.
 */
const engaged = { column: 'engage_date', format: 'DD-MM-YY', pivot: 69 };
const closed = { column: 'close_date', format: 'DD-MM-YY', pivot: 69 };
const facts = {
  opportunity_id: '{opportunity_id}',
  sales_agent: '{sales_agent}',
  account: '{account}',
  // Two spellings of one product.
  product: { column: 'product', corrections: { GTXPro: 'GTX Pro' } },
} as const;

const close = (name: string, stage: string, status: string): EventRule => ({
  name,
  when: [{ column: 'deal_stage', is: [stage] }],
  type: { constant: 'STATUS_CHANGED' },
  time: closed,
  description: `Opportunity ${stage.toLowerCase()}`,
  metadata: {
    from: { constant: 'Contacted' },
    to: { constant: status },
    close_value: { column: 'close_value', as: 'number' },
    closed_by: '{sales_agent}',
    opportunity_id: '{opportunity_id}',
  },
});

export const crmSalesPipeline: ImportMappingInput = {
  name: 'crm-sales-pipeline',
  description: 'Opportunities of a CRM: each a lead, from its engagement to won or lost',
  format: 'csv',
  key: '{opportunity_id}',
  lead: { airtableId: 'opportunity:{opportunity_id}' },
  createLeads: {
    firstName: 'Opportunity',
    lastName: '{opportunity_id}',
    company: { column: 'account', reportEmpty: true },
    title: { column: 'product', corrections: { GTXPro: 'GTX Pro' } },
    status: {
      column: 'deal_stage',
      map: { Prospecting: 'New', Engaging: 'Contacted', Won: 'Closed won', Lost: 'Closed lost' },
    },
  },
  source: 'crm:sales-pipeline',
  events: [
    {
      name: 'claimed',
      when: [{ column: 'engage_date', present: true }],
      type: { constant: 'LEAD_CLAIMED' },
      time: engaged,
      description: 'Claimed by {sales_agent}',
      metadata: { to: '{sales_agent}', ...facts },
    },
    {
      name: 'engaged',
      when: [{ column: 'engage_date', present: true }],
      type: { constant: 'STATUS_CHANGED' },
      time: engaged,
      description: 'Opportunity engaged',
      metadata: { from: { constant: 'New' }, to: { constant: 'Contacted' }, opportunity_id: '{opportunity_id}' },
    },
    close('won', 'Won', 'Closed won'),
    close('lost', 'Lost', 'Closed lost'),
  ],
};
