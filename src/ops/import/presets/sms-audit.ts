import type { ImportMappingInput } from '#domain/import-mapping.ts';

/**
 * SMS_Audit, the Airtable table that n8n's workflows wrote one record to for every SMS event, as Airtable exports it to CSV.
 * Nothing that we have lists its columns: these are assumed, and said in docs/import.md. A base that calls them something
 * else says so with --column.
 */
export const smsAudit: ImportMappingInput = {
  name: 'sms-audit',
  description: 'SMS_Audit of Airtable: one record for each SMS event, exported to CSV',
  format: 'csv',
  key: '{Record ID}',
  lead: { airtableId: '{Lead Record ID}', phone: '{Phone}' },
  source: 'airtable:SMS_Audit',
  events: [
    {
      type: {
        column: 'Event',
        map: {
          Sent: 'MESSAGE_SENT',
          'SMS Sent': 'MESSAGE_SENT',
          Failed: 'MESSAGE_FAILED',
          Undelivered: 'MESSAGE_FAILED',
          Delivered: 'MESSAGE_DELIVERED',
          Reply: 'INBOUND_REPLY',
          Replied: 'INBOUND_REPLY',
          Clicked: 'LINK_CLICKED',
          'Link Clicked': 'LINK_CLICKED',
          STOP: 'OPT_OUT',
          'Opt Out': 'OPT_OUT',
        },
      },
      time: {
        column: 'Event Time',
        format: ['iso', 'YYYY-MM-DD h:mmA', 'YYYY-MM-DD h:mm A', 'M/D/YYYY h:mmA', 'M/D/YYYY h:mm A', 'M/D/YYYY HH:mm'],
      },
      description: 'SMS {Event}: {Message}',
      message: '{Message}',
      executionId: '{Execution ID}',
      metadata: {
        campaign_id: '{Campaign ID}',
        campaign_name: '{Campaign}',
        step: { column: 'Step', as: 'integer' },
        phone: '{Phone}',
        template_id: '{Template ID}',
        simpletexting_id: '{SimpleTexting ID}',
        error_code: '{Error Code}',
        error_message: '{Error Message}',
        url: '{Link}',
        workflow_id: '{Workflow ID}',
        airtable_record_id: '{Record ID}',
      },
    },
  ],
  match: { metadata: ['simpletexting_id'], withinSeconds: 120 },
};
