/** The kinds of nodes that the workflows use. */
import { readCode } from './code.ts';
import { CREDENTIALS, type Settings, setting } from './settings.ts';
import { idOf, type NodeDraft } from './workflow.ts';

type Position = readonly [number, number];
type Behaviour = Pick<NodeDraft, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'alwaysOutputData'>;

/** Three tries, two seconds apart. */
export const THREE_TRIES = { retryOnFail: true, maxTries: 3, waitBetweenTries: 2000 } as const;

export function webhook(name: string, position: Position, path: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    position,
    webhookId: idOf(`webhook/${path}`),
    parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
  };
}

export function schedule(name: string, position: Position, cron: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.scheduleTrigger',
    typeVersion: 1.2,
    position,
    parameters: { rule: { interval: [{ field: 'cronExpression', expression: cron }] } },
  };
}

/** A Code node that runs code/`file`.js once for all items. */
export function code(name: string, position: Position, file: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.code',
    typeVersion: 2,
    position,
    parameters: { mode: 'runOnceForAllItems', language: 'javaScript', jsCode: readCode(file) },
  };
}

interface Request extends Behaviour {
  readonly url: string;
  readonly body: string;
  readonly credentials: NodeDraft['credentials'] & {};
}

/** A POST of JSON. Redirects are not followed: a POST that was redirected arrives as a GET. */
export function post(name: string, position: Position, { url, body, credentials, ...behaviour }: Request): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    position,
    parameters: {
      method: 'POST',
      url,
      authentication: 'genericCredentialType',
      genericAuthType: 'httpHeaderAuth',
      sendBody: true,
      specifyBody: 'json',
      jsonBody: body,
      options: {
        timeout: 10_000,
        redirect: { redirect: { followRedirects: false } },
        response: { response: { responseFormat: 'json' } },
      },
    },
    credentials,
    ...behaviour,
  };
}

type Column = 'string' | 'number' | 'dateTime' | 'boolean';
/** Name of the column, its type, and the expression of its value. */
type Columns = readonly (readonly [name: string, type: Column, value: unknown])[];

interface Table extends Behaviour {
  readonly settings: Settings;
  readonly table: 'AIRTABLE_LEADS' | 'AIRTABLE_RETRY_QUEUE' | 'AIRTABLE_SMS_AUDIT';
}

interface Search extends Table {
  readonly formula: string;
  readonly limit: number;
  readonly oldestFirst?: string;
}

export function airtableSearch(name: string, position: Position, { formula, limit, oldestFirst, ...table }: Search) {
  return airtable(name, position, table, {
    operation: 'search',
    filterByFormula: formula,
    returnAll: false,
    limit,
    options: {},
    ...(oldestFirst && { sort: { property: [{ field: oldestFirst, direction: 'asc' }] } }),
  });
}

export function airtableCreate(name: string, position: Position, { columns, ...table }: Table & { columns: Columns }) {
  return airtable(name, position, table, {
    operation: 'create',
    columns: mapping(columns),
    options: { typecast: true },
  });
}

/** Creates or changes the record whose `match` column has the given value. With `id`, only changes. */
export function airtableChange(
  name: string,
  position: Position,
  { columns, match, ...table }: Table & { columns: Columns; match: string },
) {
  return airtable(name, position, table, {
    operation: match === 'id' ? 'update' : 'upsert',
    columns: mapping(columns, match),
    options: { typecast: true },
  });
}

function airtable(
  name: string,
  position: Position,
  { settings, table, ...behaviour }: Table,
  parameters: object,
): NodeDraft {
  const byId = (value: string) => ({ __rl: true, mode: 'id', value: `=${value}` });
  return {
    name,
    type: 'n8n-nodes-base.airtable',
    typeVersion: 2.1,
    position,
    parameters: {
      authentication: 'airtableTokenApi',
      resource: 'record',
      base: byId(setting(settings, 'AIRTABLE_BASE')),
      table: byId(setting(settings, table)),
      ...parameters,
    },
    credentials: CREDENTIALS.airtable,
    ...behaviour,
  };
}

function mapping(columns: Columns, match?: string) {
  return {
    mappingMode: 'defineBelow',
    value: Object.fromEntries(columns.map(([name, , value]) => [name, value])),
    matchingColumns: match === undefined ? [] : [match],
    schema: columns.map(([name, type]) => ({
      id: name,
      displayName: name,
      required: false,
      defaultMatch: name === 'id',
      display: true,
      type,
      canBeUsedToMatch: true,
      ...(name === 'id' && { readOnly: true }),
    })),
    attemptToConvertTypes: false,
    convertFieldsToString: false,
  };
}

/** A message to the operators' channel. When Slack does not take it, the error output says so. */
export function slack(name: string, position: Position, settings: Settings, text: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.slack',
    typeVersion: 2.3,
    position,
    parameters: {
      authentication: 'accessToken',
      resource: 'message',
      operation: 'post',
      select: 'channel',
      channelId: { __rl: true, mode: 'id', value: `=${setting(settings, 'SLACK_CHANNEL')}` },
      messageType: 'text',
      text,
      otherOptions: {},
    },
    credentials: CREDENTIALS.slack,
    ...THREE_TRIES,
    onError: 'continueErrorOutput',
  };
}

/** Two outputs: true, false. */
export function isTrue(name: string, position: Position, expression: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.if',
    typeVersion: 2.2,
    position,
    parameters: {
      conditions: {
        options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
        conditions: [
          {
            id: idOf(`condition/${expression}`),
            leftValue: expression,
            rightValue: '',
            operator: { type: 'boolean', operation: 'true', singleValue: true },
          },
        ],
        combinator: 'and',
      },
      options: {},
    },
  };
}

/** Two outputs: done, loop. */
export function loopOver(name: string, position: Position): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.splitInBatches',
    typeVersion: 3,
    position,
    parameters: { batchSize: 1, options: {} },
  };
}

/** Ends the execution as failed, so that it stands out in n8n's own list. */
export function fail(name: string, position: Position, message: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.stopAndError',
    typeVersion: 1,
    position,
    parameters: { errorType: 'errorMessage', errorMessage: message },
  };
}

export function note(name: string, position: Position, [width, height]: Position, content: string): NodeDraft {
  return {
    name,
    type: 'n8n-nodes-base.stickyNote',
    typeVersion: 1,
    position,
    parameters: { content, width, height, color: 7 },
  };
}
