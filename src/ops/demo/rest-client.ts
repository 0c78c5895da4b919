import { z } from 'zod';
import { type Call, type LiveLead, NOBODY } from './scenes.ts';

/** The REST interface, as a service outside of the house uses it. */
export interface RestClient {
  /** The workspace's leads that traffic can be about. @throws RestError */
  leads(signal: AbortSignal): Promise<LiveLead[]>;
  /** @throws RestError */
  send(call: Call, idempotencyKey: string, signal: AbortSignal): Promise<void>;
}

export interface RestClientOptions {
  /** Origin of the server. */
  readonly url: string;
  readonly serviceKey: string;
  readonly workspaceId: string;
}

/** The server did not take it. `status` is 0 when it could not be reached. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
  /** The same request can succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
  /** No request of ours will ever succeed. */
  get isFinal(): boolean {
    return [401, 403, 404].includes(this.status);
  }
}

const errorSchema = z.object({ message: z.string() });
const leadsSchema = z.object({
  leads: z.array(
    z.object({
      id: z.string(),
      airtableRecordId: z.string().nullable(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      phone: z.string().nullable(),
      company: z.string().nullable(),
      status: z.string(),
      score: z.number().nullable(),
      owner: z.object({ name: z.string() }).nullable(),
      campaigns: z.array(z.object({ campaignKey: z.string(), campaignName: z.string() })),
    }),
  ),
});

export function createRestClient({ url, serviceKey, workspaceId }: RestClientOptions): RestClient {
  const headers = { 'x-api-key': serviceKey, 'x-workspace-id': workspaceId };

  const request = async (path: string, init: RequestInit): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } }).catch(
      (error) => {
        if (init.signal?.aborted) throw error;
        throw new RestError(0, `${url} cannot be reached`, error);
      },
    );
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return body;
    throw new RestError(answer.status, errorSchema.safeParse(body).data?.message ?? `answered ${answer.status}`);
  };

  return {
    async leads(signal) {
      const { leads } = leadsSchema.parse(await request('/api/leads?limit=200', { signal }));
      return leads.flatMap(({ airtableRecordId, status, campaigns: [campaign], ...lead }) => {
        if (!airtableRecordId || ['Opted out', 'Closed won', 'Closed lost'].includes(status)) return [];
        return {
          ...{ id: lead.id, airtableRecordId },
          firstName: lead.firstName ?? 'Friend',
          lastName: lead.lastName ?? '',
          phone: lead.phone ?? '',
          company: lead.company ?? 'your company',
          score: lead.score ?? 50,
          pm: lead.owner?.name.split(' ', 1)[0] ?? NOBODY,
          campaign: campaign && { key: campaign.campaignKey, name: campaign.campaignName },
        };
      });
    },
    async send({ path, body }, idempotencyKey, signal) {
      const json = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
      await request(path, { method: 'POST', headers: json, body: JSON.stringify(body), signal });
    },
  };
}
