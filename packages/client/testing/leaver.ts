/** A program of one client (or two) that logs one event and ends at once, in the way its last argument says: what is saved then? */
import { createHistorybook, type Historybook } from '../src/index.ts';

const [url = '', apiKey = '', spoolDir = '', way = ''] = process.argv.slice(2);
const clients: Historybook[] = [];
for (let i = 0; i < (way === 'SIGTERM two clients' ? 2 : 1); i += 1) {
  const client = createHistorybook({
    url,
    apiKey,
    source: 'test:leaver',
    flushTimeoutMs: 1_000,
    ...(spoolDir !== '' && { spoolDir }),
    // The batch itself would not leave for long: only the signal makes it.
    ...(way.startsWith('SIG') && { flushOnSignals: ['SIGTERM', 'SIGINT'], lingerMs: 60_000 }),
  });
  clients.push(client);
  void client.log({ eventType: 'OPT_OUT', leadAirtableId: 'rec0client0test00', description: way });
}

if (way === 'exit') process.exit(3);
if (way === 'throw') throw new Error('the program failed');
if (way === 'SIGTERM handled') {
  process.on('SIGTERM', () => {
    process.stdout.write('handled\n');
    const isSent = () => clients.every((client) => client.stats().acknowledged > 0);
    setInterval(() => isSent() && process.exit(5), 20);
  });
}
if (way.startsWith('SIG')) {
  setInterval(() => undefined, 1_000);
  process.stdout.write('ready\n');
}
