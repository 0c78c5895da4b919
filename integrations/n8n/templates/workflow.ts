/** What an n8n export consists of, and how the templates make it. */
import { createHash } from 'node:crypto';

export interface N8nNode {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly position: readonly [number, number];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, { readonly id: string; readonly name: string }>>;
  readonly webhookId?: string;
  readonly retryOnFail?: boolean;
  readonly maxTries?: number;
  readonly waitBetweenTries?: number;
  readonly onError?: 'continueErrorOutput' | 'continueRegularOutput';
  readonly alwaysOutputData?: boolean;
}

export interface N8nTarget {
  readonly node: string;
  readonly type: 'main';
  readonly index: number;
}

export interface N8nWorkflow {
  readonly id: string;
  readonly name: string;
  readonly nodes: readonly N8nNode[];
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly N8nTarget[])[] }>>;
  readonly active: boolean;
  /** n8n's own import wants one; another content has another. */
  readonly versionId: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly pinData: Readonly<Record<string, never>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
}

/** A node as a template writes it; its id comes from its workflow and name, so that a build gives the same file again. */
export type NodeDraft = Omit<N8nNode, 'id'>;

/** `[from, to]`, or `[from, to, output]` for another than the first output. The error output is the last one. */
export type Link = readonly [from: string, to: string, output?: number];

export interface WorkflowDraft {
  readonly name: string;
  readonly nodes: readonly NodeDraft[];
  readonly links: readonly Link[];
  readonly timezone?: string;
}

/**
 * The export of a workflow. Everything an execution did is saved, after each node: what could not be logged anywhere is
 * found there, also when n8n is killed meanwhile, and the execution can go on from there.
 */
export function toWorkflow({ name, nodes, links, timezone }: WorkflowDraft): N8nWorkflow {
  const content = {
    nodes: nodes.map((node) => ({ id: idOf(`${name}/${node.name}`), ...node })),
    connections: toConnections(links),
  };
  return {
    id: idOf(name).replaceAll('-', '').slice(0, 16),
    name,
    ...content,
    active: false,
    versionId: idOf(JSON.stringify(content)),
    settings: {
      executionOrder: 'v1',
      saveDataSuccessExecution: 'all',
      saveDataErrorExecution: 'all',
      saveManualExecutions: true,
      saveExecutionProgress: true,
      ...(timezone !== undefined && { timezone }),
    },
    pinData: {},
    meta: { templateCredsSetupCompleted: false },
    tags: [],
  };
}

function toConnections(links: readonly Link[]): N8nWorkflow['connections'] {
  const connections: Record<string, { main: N8nTarget[][] }> = {};
  for (const [from, to, output = 0] of links) {
    connections[from] ??= { main: [] };
    const outputs = connections[from].main;
    while (outputs.length <= output) outputs.push([]);
    outputs[output]?.push({ node: to, type: 'main', index: 0 });
  }
  return connections;
}

/** A UUID that is always the same for the same text. */
export function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
