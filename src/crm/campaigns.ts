import { AppError } from '#domain/errors.ts';
import type { ActionReceipt, CampaignView } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import { campaignMetadata } from './enrollment.ts';
import { conflict } from './locked-lead.ts';
import { perform } from './perform.ts';
import { type CrmDeps, type Tx, takeTurn } from './transact.ts';

export interface NewCampaign {
  readonly name: string;
  /** Made from the name when not given. */
  readonly key?: string | undefined;
  readonly steps: number;
  readonly idempotencyKey?: string | undefined;
}

export interface CampaignChange {
  readonly id: string;
  readonly name?: string | undefined;
  readonly steps?: number | undefined;
  readonly archived?: boolean | undefined;
  readonly idempotencyKey?: string | undefined;
}

export interface CampaignReceipt extends ActionReceipt {
  readonly campaign: CampaignView;
}

/** The campaigns of a workspace by name, archived ones last. */
export async function listCampaigns(prisma: PrismaClient, workspaceId: string): Promise<CampaignView[]> {
  const campaigns = await readCampaigns(prisma, { workspaceId });
  return campaigns.sort(
    (a, b) => Number(a.archivedAt !== null) - Number(b.archivedAt !== null) || a.name.localeCompare(b.name, 'en'),
  );
}

/** @throws AppError CONFLICT when a campaign of the workspace has this key or name already */
export async function createCampaign(
  deps: CrmDeps,
  principal: Principal,
  { idempotencyKey, ...body }: NewCampaign,
): Promise<CampaignReceipt> {
  const { workspaceId } = principal;
  const key = body.key ?? campaignKey(body.name);
  const receipt = await perform(
    deps,
    { principal, action: 'campaign-create', body, idempotencyKey },
    {
      lock: (tx) => takeTurn(tx, 'campaign names', workspaceId),
      async change(tx) {
        await refuseTaken(tx, workspaceId, key, body.name);
        const data = { workspaceId, name: body.name, key, steps: body.steps, createdAt: deps.clock.now() };
        return campaignCreated(await tx.campaign.create({ data }));
      },
    },
  );
  return withCampaign(deps.prisma, workspaceId, receipt);
}

/** Renames a campaign, says how many steps it has, archives or restores it. @throws AppError NOT_FOUND, CONFLICT */
export async function updateCampaign(
  deps: CrmDeps,
  principal: Principal,
  { idempotencyKey, ...body }: CampaignChange,
): Promise<CampaignReceipt> {
  const { workspaceId } = principal;
  const receipt = await perform(
    deps,
    { principal, action: 'campaign-update', body, idempotencyKey },
    {
      async lock(tx) {
        await takeTurn(tx, 'campaign names', workspaceId);
        return lockCampaign(tx, workspaceId, body.id);
      },
      async change(tx, before) {
        const { name = before.name, steps = before.steps, archived = before.archivedAt !== null } = body;
        if (name !== before.name) await refuseTaken(tx, workspaceId, undefined, name);
        const changed = changedFields(before, { name, steps, archived });
        if (Object.keys(changed).length === 0) throw conflict(`Nothing of ${before.name} would change.`);
        const archivedAt = archived ? (before.archivedAt ?? deps.clock.now()) : null;
        const after = await tx.campaign.update({ where: { id: before.id }, data: { name, steps, archivedAt } });
        return {
          type: 'campaign.updated',
          description: `Campaign changed: ${after.name}`,
          metadata: { ...campaignMetadata(after), changed },
          entity: { type: 'campaign', id: after.id },
        };
      },
    },
  );
  return withCampaign(deps.prisma, workspaceId, receipt);
}

export function campaignCreated(campaign: { id: string; name: string; key: string; steps: number }) {
  return {
    type: 'campaign.created',
    description: `Campaign created: ${campaign.name}`,
    metadata: { ...campaignMetadata(campaign), steps: campaign.steps },
    entity: { type: 'campaign', id: campaign.id },
  };
}

/** The key of a campaign that has only a name: its words in lower case, joined by underscores. */
export function campaignKey(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (words ?? ['campaign']).join('_').slice(0, 100);
}

async function refuseTaken(tx: Tx, workspaceId: string, key: string | undefined, name: string): Promise<void> {
  const sameName = { name: { equals: name, mode: 'insensitive' as const } };
  const taken = await tx.campaign.findFirst({
    where: { workspaceId, OR: key === undefined ? [sameName] : [{ key }, sameName] },
  });
  if (taken) throw conflict(`There is a campaign ${taken.name} with the key ${taken.key} already.`);
}

interface CampaignRow {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly steps: number;
  readonly archivedAt: Date | null;
}

async function lockCampaign(tx: Tx, workspaceId: string, id: string): Promise<CampaignRow> {
  const [campaign] = await tx.$queryRawUnsafe<CampaignRow[]>(LOCK_CAMPAIGN, workspaceId, id);
  if (!campaign) throw new AppError('NOT_FOUND', { message: 'There is no such campaign in this workspace.' });
  return campaign;
}

const LOCK_CAMPAIGN = `
  SELECT id, name, key, steps, archived_at AS "archivedAt"
    FROM campaigns WHERE workspace_id = $1::uuid AND id = $2::uuid FOR NO KEY UPDATE`;

/** What differs, each as { from, to }. */
function changedFields(before: CampaignRow, after: { name: string; steps: number; archived: boolean }) {
  const was = { name: before.name, steps: before.steps, archived: before.archivedAt !== null };
  const pairs = [
    ['name', was.name, after.name],
    ['steps', was.steps, after.steps],
    ['archived', was.archived, after.archived],
  ] as const;
  return Object.fromEntries(
    pairs.filter(([, from, to]) => from !== to).map(([field, from, to]) => [field, { from, to }]),
  );
}

async function withCampaign(prisma: PrismaClient, workspaceId: string, receipt: ActionReceipt) {
  const [campaign] = await readCampaigns(prisma, { workspaceId, id: String(receipt.details.campaign_id) });
  if (!campaign) throw new AppError('NOT_FOUND', { message: 'There is no such campaign in this workspace.' });
  return { ...receipt, campaign };
}

async function readCampaigns(prisma: PrismaClient, where: { workspaceId: string; id?: string }) {
  const rows = await prisma.campaign.findMany({
    where,
    include: { _count: { select: { enrollments: { where: { state: 'active' } } } } },
  });
  return rows.map(
    ({ id, name, key, steps, archivedAt, createdAt, _count }): CampaignView => ({
      id,
      name,
      key,
      steps,
      archivedAt: archivedAt?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
      activeLeads: _count.enrollments,
    }),
  );
}
