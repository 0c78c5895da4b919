/**
 * The mini-CRM: leads, campaigns, enrolments, notes, status, ownership. Promises that every change and the activity
 * that tells of it are one transaction: either both are there or neither. Nothing here crosses a workspace: another
 * workspace's id is NOT_FOUND. Knows the append call and nothing of HTTP. May import domain and platform.
 */
import type { LeadQuery } from '#domain/lead-query.ts';
import type { ActionReceipt, CampaignView, LeadView, NoteView, PersonView } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import type { LeadInput } from './act-on-lead.ts';
import { archiveLead, restoreLead } from './archive.ts';
import {
  type CampaignChange,
  type CampaignReceipt,
  createCampaign,
  listCampaigns,
  type NewCampaign,
  updateCampaign,
} from './campaigns.ts';
import { type EnrollInput, enroll, type RemoveInput, removeFromCampaign } from './enrollment.ts';
import { type LeadPage, leadById, listLeads } from './leads.ts';
import { type LinkInput, linkReference } from './link-reference.ts';
import { addNote, type NoteInput, notesOf } from './notes.ts';
import { type AssignInput, assignLead, type ClaimInput, claimLead } from './ownership.ts';
import { leadOwners } from './people.ts';
import { changeStatus, leadStatuses, type StatusInput } from './status.ts';
import type { CrmDeps } from './transact.ts';
import { type UpsertInput, type UpsertResult, upsertLeads } from './upsert/upsert-leads.ts';

export type { CampaignReceipt } from './campaigns.ts';
export type { LeadPage } from './leads.ts';
export type { CrmDeps } from './transact.ts';
export { leadItem } from './upsert/item.ts';
export { MAX_ITEMS, type UpsertResult } from './upsert/upsert-leads.ts';

/** Each function says where it is written what it throws. */
export interface Crm {
  listLeads(workspaceId: string, query: LeadQuery): Promise<LeadPage>;
  leadById(workspaceId: string, id: string): Promise<LeadView>;
  notesOf(workspaceId: string, leadId: string): Promise<NoteView[]>;
  leadStatuses(workspaceId: string): Promise<string[]>;
  leadOwners(workspaceId: string): Promise<PersonView[]>;
  listCampaigns(workspaceId: string): Promise<CampaignView[]>;

  enroll(principal: Principal, input: EnrollInput): Promise<ActionReceipt>;
  removeFromCampaign(principal: Principal, input: RemoveInput): Promise<ActionReceipt>;
  changeStatus(principal: Principal, input: StatusInput): Promise<ActionReceipt>;
  addNote(principal: Principal, input: NoteInput): Promise<ActionReceipt>;
  claimLead(principal: Principal, input: ClaimInput): Promise<ActionReceipt>;
  assignLead(principal: Principal, input: AssignInput): Promise<ActionReceipt>;
  archiveLead(principal: Principal, input: LeadInput): Promise<ActionReceipt>;
  restoreLead(principal: Principal, input: LeadInput): Promise<ActionReceipt>;
  createCampaign(principal: Principal, input: NewCampaign): Promise<CampaignReceipt>;
  updateCampaign(principal: Principal, input: CampaignChange): Promise<CampaignReceipt>;
  linkReference(principal: Principal, input: LinkInput): Promise<ActionReceipt>;
  /** Creates and updates leads as a sync sends them, each judged alone. */
  upsertLeads(principal: Principal, input: UpsertInput): Promise<UpsertResult[]>;
}

export function createCrm(deps: CrmDeps): Crm {
  const { prisma } = deps;
  return {
    listLeads: (workspaceId, query) => listLeads(prisma, workspaceId, query),
    leadById: (workspaceId, id) => leadById(prisma, workspaceId, id),
    notesOf: (workspaceId, leadId) => notesOf(prisma, workspaceId, leadId),
    leadStatuses: (workspaceId) => leadStatuses(prisma, workspaceId),
    leadOwners: (workspaceId) => leadOwners(prisma, workspaceId),
    listCampaigns: (workspaceId) => listCampaigns(prisma, workspaceId),
    enroll: (principal, input) => enroll(deps, principal, input),
    removeFromCampaign: (principal, input) => removeFromCampaign(deps, principal, input),
    changeStatus: (principal, input) => changeStatus(deps, principal, input),
    addNote: (principal, input) => addNote(deps, principal, input),
    claimLead: (principal, input) => claimLead(deps, principal, input),
    assignLead: (principal, input) => assignLead(deps, principal, input),
    archiveLead: (principal, input) => archiveLead(deps, principal, input),
    restoreLead: (principal, input) => restoreLead(deps, principal, input),
    createCampaign: (principal, input) => createCampaign(deps, principal, input),
    updateCampaign: (principal, input) => updateCampaign(deps, principal, input),
    linkReference: (principal, input) => linkReference(deps, principal, input),
    upsertLeads: (principal, input) => upsertLeads(deps, principal, input),
  };
}
