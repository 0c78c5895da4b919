import type { Config } from '#platform/config.ts';
import type { Application } from '#runtime/application.ts';

/** What a newcomer needs once it runs: the address, how to sign in, a key, and a first event to send. */
export async function welcome(application: Application, config: Config): Promise<string> {
  if (application.outage !== undefined) return withoutDatabase(application.url, application.outage);
  const { url, secrets, container } = application;
  const workspace = await container.services.demo.workspaceForExamples();
  const password = config.adminPassword === undefined ? secrets.adminPassword : '(ADMIN_PASSWORD as given)';
  const key = config.internalApiKey === undefined ? secrets.internalApiKey : '(INTERNAL_API_KEY as given)';
  const lines = [
    '',
    `Historybook runs at ${url}`,
    '',
    `  Sign in      ${config.adminEmail}`,
    `  Password     ${password}`,
    `  Service key  ${key}`,
    `  API docs     ${url}/api/docs`,
    '',
    'Log your first event:',
    '',
    `  curl -X POST ${url}/api/internal/log-activity \\`,
    `    -H 'x-api-key: ${key}' -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(EXAMPLE_EVENT)}'`,
    '',
    `It appears in the feed: ${url}/admin/activity-logs`,
    ...(workspace
      ? [`Demo data are in workspaces of their own, such as ${workspace.name}: switch at the top left.`]
      : []),
    '',
    'Watch the feed of a demo workspace move: npm run demo (in another terminal). Stop with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}

/** What somebody needs to know when it runs without its database. */
function withoutDatabase(url: string, outage: string): string {
  const lines = [
    '',
    `Historybook runs at ${url}`,
    '',
    '  The database cannot be reached:',
    `  ${outage}`,
    '',
    '  Events of services whose keys are known are taken meanwhile, and kept on the disk of this machine; everything',
    '  else answers 503. When the database is there, they go into the book and all of it works, without a restart.',
    '',
    'Stop with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}

const EXAMPLE_EVENT = {
  eventType: 'INBOUND_REPLY',
  eventCategory: 'SMS',
  leadAirtableId: 'rec0000000000001',
  description: 'Replied: Yes, Thursday at 2pm works',
  messageContent: 'Yes, Thursday at 2pm works',
  source: 'curl:first-event',
};
