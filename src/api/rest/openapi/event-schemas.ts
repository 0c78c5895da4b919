// Adds its methods to zod.
import '@hono/zod-openapi';
import { type ActivityType, CATEGORIES, LEAD_TYPES } from '#domain/catalogue/index.ts';
import * as metadata from '#domain/catalogue/metadata.ts';
import { logActivityBody } from '#doors/lead/log-activity.ts';
import type { RestApp } from '../route.ts';
import { EVENT_EXAMPLES } from './event-examples.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The catalogue's schemas of metadata by the names they have in the document. */
const METADATA = {
  SmsMetadata: metadata.smsMetadata,
  CampaignMetadata: metadata.campaignMetadata,
  BookingMetadata: metadata.bookingMetadata,
  ConversationMetadata: metadata.conversationMetadata,
  ChangeMetadata: metadata.changeMetadata,
  NoteMetadata: metadata.noteMetadata,
  ClaimMetadata: metadata.claimMetadata,
  EnrichmentMetadata: metadata.enrichmentMetadata,
} as const;

/**
 * One event, as a body is judged: the fields, and for a type of the catalogue its category and metadata. A type that an
 * administrator registered has any metadata.
 */
export const EVENT_SCHEMA = {
  allOf: [ref('LogActivity'), { anyOf: [ref('CatalogueEvent'), ref('CustomEvent')] }],
};

/** An example of each type, for a request body that is one event. */
export const ONE_EVENT_EXAMPLES = Object.fromEntries(
  Object.entries(EVENT_EXAMPLES).map(([name, value]) => [name, { summary: summaryOf(name), value }]),
);

/** The same for a batch. */
export const BATCH_EXAMPLES = {
  several: { summary: 'Two events', value: { events: Object.values(EVENT_EXAMPLES).slice(0, 2) } },
};

export function registerEventSchemas(app: RestApp): void {
  const registry = app.openAPIRegistry;
  // Copies: what was made before the OpenAPI library was loaded lacks its methods.
  registry.register('LogActivity', logActivityBody.clone());
  for (const [name, schema] of Object.entries(METADATA)) {
    const description = 'All keys may be missing or null; those named here are checked, any other key is kept.';
    registry.register(name, schema.clone().openapi({ description }));
  }
  for (const type of LEAD_TYPES) registry.registerComponent('schemas', type.name, schemaOf(type));
  registry.registerComponent('schemas', 'CatalogueEvent', {
    description: `The ${LEAD_TYPES.length} types of the catalogue; each has its category and its metadata.`,
    oneOf: LEAD_TYPES.map(({ name }) => ref(name)),
    discriminator: {
      propertyName: 'eventType',
      mapping: Object.fromEntries(LEAD_TYPES.map(({ name }) => [name, ref(name).$ref])),
    },
  });
  registry.registerComponent('schemas', 'CustomEvent', {
    description: 'A type that an administrator registered for the workspace, under its own category.',
    type: 'object',
    properties: {
      // As a pattern, which more tools understand than `not`.
      eventType: { type: 'string', pattern: `^(?!(${LEAD_TYPES.map(({ name }) => name).join('|')})$)` },
      eventCategory: { type: 'string', enum: [...CATEGORIES] },
    },
    required: ['eventType', 'eventCategory'],
  });
}

function schemaOf(type: ActivityType) {
  const schema = Object.entries(METADATA).find(([, candidate]) => candidate === type.metadata);
  if (!schema) throw new Error(`the metadata of ${type.name} have no name in the document`);
  return {
    type: 'object' as const,
    title: type.label,
    properties: {
      eventType: { type: 'string' as const, const: type.name },
      eventCategory: { type: 'string' as const, const: type.category },
      metadata: { anyOf: [ref(schema[0]), { type: 'null' as const }] },
    },
    required: ['eventType', 'eventCategory'],
    example: EVENT_EXAMPLES[type.name],
  };
}

function summaryOf(name: string): string {
  const type = LEAD_TYPES.find((candidate) => candidate.name === name);
  return type ? `${type.name} (${type.category}): ${type.label}` : name;
}

/** Several events. */
export const batchSchema = (max: number) => ({
  type: 'object' as const,
  properties: { events: { type: 'array' as const, maxItems: max, items: EVENT_SCHEMA } },
  required: ['events'],
});
