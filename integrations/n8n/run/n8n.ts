/** A real n8n in a process of its own, set up as its README tells, and driven through its REST API. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findFreePort } from '#testing/app-process.ts';
import { CREDENTIALS } from '../templates/settings.ts';
import type { N8nWorkflow } from '../templates/workflow.ts';
import { type Execution, readExecution } from './executions.ts';

export interface N8n {
  readonly version: string;
  /** Executes a workflow by its webhook, as a provider does; resolves when the execution has ended. */
  callWebhook(name: string, path: string, body: unknown): Promise<Execution>;
  /** Executes a workflow from a trigger, as *Execute workflow* does. */
  executeFrom(name: string, trigger: string): Promise<Execution>;
  /** *Retry with original workflow* of an execution that failed. */
  retry(executionId: string): Promise<Execution>;
  /** Executes by a webhook, kills n8n (SIGKILL) once `isAtIt`, starts it again: the execution as n8n tells it then. */
  crash(name: string, path: string, body: unknown, isAtIt: () => boolean): Promise<Execution>;
  stop(): Promise<void>;
}

export interface N8nOptions {
  /** The folder whose node_modules has n8n. */
  readonly install: string;
  /** For its data and log. */
  readonly folder: string;
  readonly databaseUrl: string;
  readonly workflows: readonly N8nWorkflow[];
  /** The key of the bridge. */
  readonly serviceKey: string;
  readonly proxyUrl: string;
  readonly certificate: string;
}

const OWNER = { email: 'owner@example.com', firstName: 'An', lastName: 'Owner', password: 'Password123' };
/** A start makes the tables first. */
const READY_WITHIN_MS = 300_000;
const ENDS_WITHIN_MS = 300_000;
const SAID_LENGTH = 5_000;

/** Imports the credentials, starts n8n, saves the workflows and publishes those that have a webhook. */
export async function startN8n(options: N8nOptions): Promise<N8n> {
  const { install, folder, workflows } = options;
  const program = join(install, 'node_modules', 'n8n', 'bin', 'n8n');
  if (!existsSync(program)) throw new Error(`There is no n8n in ${install}: ${program} is not there.`);
  const port = await findFreePort();
  const env = environment(options, port, await findFreePort());
  const command = (...args: string[]) => execFileSync(process.execPath, [program, ...args], { env, stdio: 'pipe' });

  const credentials = join(folder, 'credentials.json');
  writeFileSync(credentials, JSON.stringify(credentialsFor(options.serviceKey)));
  command('import:credentials', `--input=${credentials}`);

  const log = openSync(join(folder, 'n8n.log'), 'a');
  const launch = () => spawn(process.execPath, [program, 'start'], { env, stdio: ['ignore', log, log] });
  let process_ = launch();
  // It does not outlive a run that is broken off.
  process.once('exit', () => process_.kill('SIGKILL'));
  const stop = () => stopped(process_);
  try {
    const rest = await signIn(`http://127.0.0.1:${port}`);
    await rest.ready(true);
    const restart = async () => {
      const exit = once(process_, 'exit');
      process_.kill('SIGKILL');
      await exit;
      process_ = launch();
      await rest.ready(false);
    };
    const saved: N8nWorkflow[] = [];
    for (const workflow of workflows) saved.push(await rest.save(workflow));
    return { version: readVersion(install), ...drive(rest, saved, restart), stop };
  } catch (error) {
    await stop();
    const said = readFileSync(join(folder, 'n8n.log'), 'utf8').slice(-SAID_LENGTH);
    throw new Error(`n8n could not be set up. It said last:\n${said}`, { cause: error });
  }
}

function environment({ folder, databaseUrl, proxyUrl, certificate }: N8nOptions, port: number, broker: number) {
  const database = new URL(databaseUrl);
  const env = {
    NODE_ENV: process.env.NODE_ENV,
    PATH: process.env.PATH,
    HOME: folder,
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: 'for-this-run-alone',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: String(port),
    N8N_RUNNERS_BROKER_PORT: String(broker),
    N8N_SECURE_COOKIE: 'false',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_DISABLED_MODULES: 'mcp,chat-hub,insights,external-secrets',
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: database.hostname,
    DB_POSTGRESDB_PORT: database.port,
    DB_POSTGRESDB_DATABASE: database.pathname.slice(1),
    DB_POSTGRESDB_USER: decodeURIComponent(database.username),
    DB_POSTGRESDB_PASSWORD: decodeURIComponent(database.password),
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: '127.0.0.1,localhost',
    NODE_EXTRA_CA_CERTS: certificate,
  };
  // n8n has its own; the type of an environment asks for one.
  Reflect.deleteProperty(env, 'NODE_ENV');
  return env;
}

function credentialsFor(serviceKey: string) {
  const { historybook, simpleTexting, airtable, slack } = CREDENTIALS;
  return [
    { ...historybook.httpHeaderAuth, type: 'httpHeaderAuth', data: { name: 'x-api-key', value: serviceKey } },
    { ...simpleTexting.httpHeaderAuth, type: 'httpHeaderAuth', data: { name: 'Authorization', value: 'Bearer t' } },
    { ...airtable.airtableTokenApi, type: 'airtableTokenApi', data: { accessToken: 'a-token' } },
    { ...slack.slackApi, type: 'slackApi', data: { accessToken: 'a-token' } },
  ];
}

function readVersion(install: string): string {
  const text = readFileSync(join(install, 'node_modules', 'n8n', 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

function hasWebhook({ nodes }: N8nWorkflow): boolean {
  return nodes.some(({ type }) => type === 'n8n-nodes-base.webhook');
}

type Rest = Awaited<ReturnType<typeof signIn>>;

async function signIn(url: string) {
  let cookie = '';
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie, 'browser-id': 'a-browser' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie().map((one) => one.split(';')[0]);
    if (set.length > 0) cookie = set.join('; ');
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  };
  return {
    call,
    async ready(isNew: boolean) {
      await until(READY_WITHIN_MS, 'n8n to be ready', async () => {
        // Its health is good before its routes are there.
        const answer = await fetch(`${url}/rest/settings`).catch(() => undefined);
        return answer?.ok ? true : undefined;
      });
      if (isNew) await call('POST', '/rest/owner/setup', OWNER);
      // Routes come one by one: that of the settings may be there before this one.
      await until(READY_WITHIN_MS, 'n8n to let its owner in', () =>
        call('POST', '/rest/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password }).catch(
          (error: unknown) => {
            if (!String(error).includes(': 404 ')) throw error;
          },
        ),
      );
    },
    /**
     * As *Import from file* and *Publish* do it; n8n gives an id of its own. (What 2.0's command imports cannot be published
     * as it is.)
     */
    async save(workflow: N8nWorkflow) {
      const saved = z.object({ data: z.object({ id: z.string(), versionId: z.string() }) });
      const { id, versionId } = saved.parse(await call('POST', '/rest/workflows', workflow)).data;
      if (hasWebhook(workflow)) {
        await call('POST', `/rest/workflows/${id}/activate`, { versionId, name: 'for this run', description: '' });
      }
      return { ...workflow, id };
    },
  };
}

function drive(
  { call }: Rest,
  saved: readonly N8nWorkflow[],
  restart: () => Promise<void>,
): Omit<N8n, 'version' | 'stop'> {
  const workflowOf = (name: string): N8nWorkflow => {
    const found = saved.find((one) => one.name === name);
    if (!found) throw new Error(`there is no workflow ${name}`);
    return found;
  };
  const ended = (executionId: string) =>
    until(ENDS_WITHIN_MS, `execution ${executionId} to end`, async () => {
      const { data } = z.object({ data: z.looseObject({ status: z.string() }) }).parse(await read(executionId));
      return ['new', 'running', 'waiting'].includes(data.status) ? undefined : readExecution(data);
    });
  const read = (executionId: string) => call('GET', `/rest/executions/${executionId}`);
  /** The newest one; executions are numbered in order. */
  const latest = async ({ id }: N8nWorkflow): Promise<number> => {
    const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
    const listed = z.object({ data: z.object({ results: z.array(z.object({ id: z.coerce.number() })) }) });
    const { data } = listed.parse(await call('GET', `/rest/executions?filter=${filter}&limit=1`));
    return data.results[0]?.id ?? 0;
  };
  const executionOf = (answer: unknown) =>
    z.object({ data: z.looseObject({ executionId: z.coerce.string() }) }).parse(answer).data.executionId;
  return {
    async crash(name, path, body, isAtIt) {
      const before = await latest(workflowOf(name));
      await call('POST', `/webhook/${path}`, body);
      await until(ENDS_WITHIN_MS, `${name} to be at it`, async () => isAtIt() || undefined);
      await restart();
      const id = await latest(workflowOf(name));
      if (id === before) throw new Error(`n8n knows of no execution by ${path}`);
      return ended(String(id));
    },
    async callWebhook(name, path, body) {
      const workflow = workflowOf(name);
      const before = await latest(workflow);
      await call('POST', `/webhook/${path}`, body);
      const id = await until(ENDS_WITHIN_MS, `an execution by ${path}`, async () => {
        const newest = await latest(workflow);
        return newest > before ? newest : undefined;
      });
      return ended(String(id));
    },
    async executeFrom(name, trigger) {
      const workflow = workflowOf(name);
      const body = { workflowData: workflow, triggerToStartFrom: { name: trigger } };
      return ended(executionOf(await call('POST', `/rest/workflows/${workflow.id}/run`, body)));
    },
    async retry(executionId) {
      const retried = z.object({ data: z.looseObject({ id: z.coerce.string() }) });
      const answer = await call('POST', `/rest/executions/${executionId}/retry`, { loadWorkflow: false });
      return ended(retried.parse(answer).data.id);
    },
  };
}

async function until<T>(limitMs: number, what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exit;
  clearTimeout(killer);
}
