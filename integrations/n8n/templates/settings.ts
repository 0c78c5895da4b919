/**
 * What differs from one installation to the next. In n8n each is read from the variable of that name, and from the default
 * here where there is no such variable (editions without variables): `build.mjs --set NAME=value` writes other defaults.
 * Keys and tokens are no settings: they live in n8n's credentials.
 */
export const DEFAULTS = {
  HISTORYBOOK_URL: 'http://localhost:3000',
  AIRTABLE_BASE: 'app4wIsBfpJTg7pWS',
  AIRTABLE_LEADS: 'Leads',
  AIRTABLE_RETRY_QUEUE: 'tblsmRKDX7chymBwp',
  AIRTABLE_SMS_AUDIT: 'SMS_Audit',
  SLACK_CHANNEL: 'C09DAEWGUSY',
  SIMPLETEXTING_URL: 'https://api-app2.simpletexting.com/v2',
} as const;

export type SettingName = keyof typeof DEFAULTS;
export type Settings = Readonly<Record<SettingName, string>>;

/** The expression that reads a setting, to stand in a parameter that begins with `=`. */
export function setting(settings: Settings, name: SettingName): string {
  return `{{ $vars.${name} || ${JSON.stringify(settings[name])} }}`;
}

/** By these names (and, for imports on the command line, ids) the workflows ask for n8n's credentials. */
export const CREDENTIALS = {
  historybook: { httpHeaderAuth: { id: 'historybookKey01', name: 'Historybook service key' } },
  simpleTexting: { httpHeaderAuth: { id: 'simpleTexting001', name: 'SimpleTexting API token' } },
  airtable: { airtableTokenApi: { id: 'airtableToken001', name: 'Airtable token' } },
  slack: { slackApi: { id: 'slackBotToken001', name: 'Slack bot token' } },
} as const;
