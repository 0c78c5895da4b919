import { idOf, type N8nWorkflow } from '../templates/workflow.ts';
import { SCHEDULER } from '../testing/names.ts';

export const TWO_LOG_NODES = 'Two log nodes in one loop';
const COPIED = ['Prepare Activity Log Entry', 'Write to Activity Log'];

/**
 * The scheduler with its log nodes copied, as n8n's editor copies them: another name, another id, the same code. Both
 * copies log every round of the loop; where SimpleTexting gave no number, nothing but execution, node, run and item keeps
 * their keys apart.
 */
export function twoLogNodes(shipped: readonly N8nWorkflow[]): N8nWorkflow {
  const scheduler = shipped.find(({ name }) => name === SCHEDULER);
  if (!scheduler) throw new Error(`${SCHEDULER} is not among the workflows`);
  const copies = scheduler.nodes
    .filter(({ name }) => COPIED.includes(name))
    .map((node) => ({ ...node, id: idOf(`copy of ${node.id}`), name: `${node.name}1` }));
  const { 'Kajabi Form': _, ...connections } = scheduler.connections;
  const first = { node: 'Prepare Activity Log Entry1', type: 'main', index: 0 } as const;
  return {
    ...scheduler,
    id: idOf(TWO_LOG_NODES).replaceAll('-', '').slice(0, 16),
    name: TWO_LOG_NODES,
    // Without the form: its webhook belongs to the original.
    nodes: [...scheduler.nodes.filter(({ type }) => !type.endsWith('.webhook')), ...copies],
    connections: {
      ...connections,
      'Send SMS': { main: (scheduler.connections['Send SMS']?.main ?? []).map((links) => [...links, first]) },
      'Prepare Activity Log Entry1': { main: [[{ node: 'Write to Activity Log1', type: 'main', index: 0 }]] },
    },
  };
}
