import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { buildWorkflows, toFile } from './templates/index.ts';
import type { N8nWorkflow } from './templates/workflow.ts';

const FOLDER = import.meta.dirname;
const workflows = buildWorkflows();

test('the files here are what the templates build', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  expect(files.sort()).toEqual([...workflows.keys()].sort());
  for (const [file, workflow] of workflows) {
    expect(readFileSync(join(FOLDER, file), 'utf8'), `${file}: run node integrations/n8n/build.mjs`).toBe(
      toFile(workflow),
    );
  }
});

test('they are the four that log, and the one that empties the queue', () => {
  expect([...workflows.values()].map(({ name }) => name)).toEqual([
    'UYSP-Kajabi-SMS-Scheduler',
    'UYSP-Calendly-Booked',
    'UYSP-SimpleTexting-Reply-Handler',
    'UYSP-ST-Delivery V2',
    'UYSP-Retry-Queue-Drain',
  ]);
});

test('settings are variables with a default, which a build may replace', () => {
  const text = [...buildWorkflows({ HISTORYBOOK_URL: 'https://history.example.com' }).values()].map(toFile).join();
  expect(text).toContain('{{ $vars.HISTORYBOOK_URL || \\"https://history.example.com\\" }}/api/internal/log-activity');
  expect(text).not.toContain('localhost');
});

describe.each([...workflows])('%s', (_file, workflow) => {
  const nodes = new Map(workflow.nodes.map((node) => [node.name, node]));
  const targets = (name: string, output: number) =>
    (workflow.connections[name]?.main[output] ?? []).map(({ node }) => node);

  test('every node is complete, and no two share a name or an id', () => {
    expect(nodes.size).toBe(workflow.nodes.length);
    expect(new Set(workflow.nodes.map(({ id }) => id)).size).toBe(workflow.nodes.length);
    for (const { id, type, typeVersion, position, parameters } of workflow.nodes) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(type).toMatch(/^n8n-nodes-base\./);
      expect(typeVersion).toBeGreaterThan(0);
      expect(position.every(Number.isInteger)).toBe(true);
      expect(parameters).toBeTypeOf('object');
    }
  });

  test('connections join nodes that are there, and every node is reached from a trigger', () => {
    const reached = new Set(workflow.nodes.filter(isTrigger).map(({ name }) => name));
    for (const name of reached) {
      for (const target of (workflow.connections[name]?.main ?? []).flat()) reached.add(target.node);
    }
    const all = workflow.nodes.filter(({ type }) => !type.endsWith('stickyNote')).map(({ name }) => name);
    expect([...reached].sort()).toEqual(all.sort());
    for (const name of Object.keys(workflow.connections)) expect(nodes.has(name), name).toBe(true);
  });

  test('nodes that are named in code and expressions are there and come before', () => {
    for (const node of workflow.nodes) {
      const text = JSON.stringify(node.parameters);
      for (const [, name = ''] of text.matchAll(/\$\('([^']+)'\)/g)) {
        expect(nodes.has(name), `${node.name} names "${name}"`).toBe(true);
        expect(isBefore(workflow, name, node.name), `"${name}" comes before ${node.name}`).toBe(true);
      }
    }
  });

  test('whatever writes to the bridge tries three times, two seconds apart, and says when it failed', () => {
    const writers = workflow.nodes.filter(({ parameters }) => String(parameters.url).includes('log-activity'));
    expect(writers).toHaveLength(1);
    for (const { name, onError, retryOnFail, maxTries, waitBetweenTries, parameters, credentials } of writers) {
      expect({ onError, retryOnFail, maxTries, waitBetweenTries }).toEqual({
        onError: 'continueErrorOutput',
        retryOnFail: true,
        maxTries: 3,
        waitBetweenTries: 2000,
      });
      expect(parameters).toMatchObject({ method: 'POST', authentication: 'genericCredentialType' });
      expect(credentials).toHaveProperty('httpHeaderAuth');
      expect(targets(name, 1)).not.toEqual([]);
    }
  });

  test('an error output leads somewhere, and whoever cannot tell Slack fails', () => {
    for (const { name, onError, type } of workflow.nodes) {
      const outputs = type.endsWith('.if') || type.endsWith('.splitInBatches') ? 2 : 1;
      if (onError === 'continueErrorOutput') expect(targets(name, outputs), name).not.toEqual([]);
      if (type.endsWith('.slack')) expect(targets(name, 1)).toEqual(['Nobody Was Told']);
    }
  });

  test('code is code that n8n can run: no imports, no modules', () => {
    const scripts = workflow.nodes
      .filter(({ type }) => type.endsWith('.code'))
      .map(({ parameters }) => parameters.jsCode);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      expect(() => new vm.Script(`(() => {${script}\n})`)).not.toThrow();
      expect(script).not.toMatch(/\brequire\(|\bprocess\.|\bfetch\(/);
    }
  });

  test('it explains itself, and holds no secret', () => {
    expect(workflow.nodes.some(({ type }) => type.endsWith('stickyNote'))).toBe(true);
    const text = toFile(workflow);
    // Keys as Historybook, Slack, Airtable, and others write them.
    expect(text).not.toMatch(/hb_[a-z]+_\w{8,}|xox[abp]-|pat\w{14}\.|Bearer\s+\S{8,}|"(password|token|secret)":/i);
    expect(workflow.active).toBe(false);
    expect(Object.keys(workflow.pinData)).toEqual([]);
  });
});

describe.each([...workflows].slice(0, 4))('%s', (_file, workflow) => {
  const targets = (name: string, output = 0) =>
    (workflow.connections[name]?.main[output] ?? []).map(({ node }) => node);

  test('logs by the pattern: prepare, write, fall back to Retry_Queue, alert', () => {
    expect(targets('Prepare Activity Log Entry')).toContain('Write to Activity Log');
    expect(targets('Write to Activity Log', 1)).toEqual(['Sort Failure']);
    expect(targets('Sort Failure')).toEqual(['Refused?']);
    expect(targets('Refused?', 0)).toEqual(['Alert DevOps: Refused']);
    expect(targets('Refused?', 1)).toEqual(['Fallback to Retry_Queue']);
    expect(targets('Fallback to Retry_Queue', 0)).toEqual(['Alert DevOps']);
    expect(targets('Fallback to Retry_Queue', 1)).toEqual(['Alert DevOps: Not Queued']);
  });

  test('the fallback fills the columns of Retry_Queue', () => {
    const fallback = workflow.nodes.find(({ name }) => name === 'Fallback to Retry_Queue');
    expect(fallback?.parameters).toMatchObject({
      operation: 'create',
      table: { value: expect.stringContaining('tblsmRKDX7chymBwp') },
      columns: {
        value: {
          queue_id: expect.anything(),
          operation_type: expect.anything(),
          lead_id: expect.anything(),
          payload: '={{ $json.payload }}',
          retry_count: expect.anything(),
          next_retry_at: expect.anything(),
          created_at: expect.anything(),
        },
      },
    });
  });
});

function isTrigger({ type }: { readonly type: string }): boolean {
  return type.endsWith('.webhook') || type.endsWith('.scheduleTrigger');
}

function isBefore(workflow: N8nWorkflow, first: string, second: string): boolean {
  const reached = new Set([first]);
  for (const name of reached) {
    for (const target of (workflow.connections[name]?.main ?? []).flat()) reached.add(target.node);
  }
  return reached.has(second);
}
