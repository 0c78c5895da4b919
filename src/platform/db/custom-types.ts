import { z } from 'zod';
import { customTypeInput } from '#domain/catalogue/custom-type.ts';
import {
  type ActivityType,
  BUILT_IN_TYPES,
  builtInType,
  CATEGORIES,
  type CustomTypeRecord,
  customType,
  ICONS,
} from '#domain/catalogue/index.ts';
import { AppError } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import type { Clock } from '../clock.ts';
import { Prisma, type PrismaClient } from './prisma.ts';

/** The types that a workspace knows: the built-in ones and those its admins registered. */
export interface TypeCatalogue {
  /**
   * The type of that name, or undefined. Built-in names cost nothing. A type registered or removed by another process
   * is noticed within MISS_TTL_MS (a name that is missing) or HIT_TTL_MS (one that was there).
   */
  find(workspaceId: string, name: string): Promise<ActivityType | undefined>;
  /** The names of the workspace's own types, as far as they were looked up lately: costs no query. */
  names(workspaceId: string): Promise<readonly string[]>;
  /** Built-in types first, then the workspace's own by name; always as the database has them now. */
  list(workspaceId: string): Promise<readonly ActivityType[]>;
  /**
   * Registers a type, or gives a registered one another label, icon or colour.
   * @throws AppError INVALID_INPUT for a bad name or member; CONFLICT for a built-in name, or when the type is
   * registered under another category (a type's category never changes).
   */
  register(workspaceId: string, input: z.input<typeof customTypeInput>, createdBy?: string): Promise<ActivityType>;
  /**
   * Removes a custom type that no activity has.
   * @throws AppError NOT_FOUND, CONFLICT when the type is built in or in use.
   */
  remove(workspaceId: string, name: string): Promise<void>;
}

export interface TypeCatalogueDeps {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
}

/** How long a name that was found is trusted, in milliseconds. */
export const HIT_TTL_MS = 30_000;
/** How long a name that was not found stays unknown, in milliseconds: an upper bound on queries for unknown types. */
export const MISS_TTL_MS = 500;

interface CacheEntry {
  readonly loadedAt: number;
  readonly types: Promise<ReadonlyMap<string, ActivityType>>;
}

const storedType = z.object({
  name: z.string(),
  category: z.enum(CATEGORIES).catch('SYSTEM'),
  label: z.string(),
  icon: z.enum(ICONS).catch('tag'),
  colour: z.string(),
}) satisfies z.ZodType<CustomTypeRecord>;

export function createTypeCatalogue({ prisma, clock }: TypeCatalogueDeps): TypeCatalogue {
  const cache = new Map<string, CacheEntry>();

  async function readTypes(workspaceId: string): Promise<ReadonlyMap<string, ActivityType>> {
    const rows = await prisma.customType.findMany({ where: { workspaceId }, orderBy: { name: 'asc' } });
    return new Map(rows.map((row) => [row.name, customType(storedType.parse(row))]));
  }

  function load(workspaceId: string): CacheEntry {
    const entry: CacheEntry = { loadedAt: clock.monotonicMs(), types: readTypes(workspaceId) };
    cache.set(workspaceId, entry);
    entry.types.catch(() => {
      if (cache.get(workspaceId) === entry) cache.delete(workspaceId);
    });
    return entry;
  }

  return {
    async find(workspaceId, name) {
      const known = builtInType(name);
      if (known) return known;
      const cached = cache.get(workspaceId);
      const age = cached ? clock.monotonicMs() - cached.loadedAt : Number.POSITIVE_INFINITY;
      if (cached && age < HIT_TTL_MS) {
        const type = (await cached.types).get(name);
        if (type || age < MISS_TTL_MS) return type;
      }
      return (await load(workspaceId).types).get(name);
    },

    async names(workspaceId) {
      return [...((await cache.get(workspaceId)?.types) ?? new Map()).keys()];
    },

    async list(workspaceId) {
      return [...BUILT_IN_TYPES, ...(await load(workspaceId).types).values()];
    },

    async register(workspaceId, input, createdBy) {
      const type = parseInput(customTypeInput, input);
      refuseBuiltIn(type.name);
      const { name, category, ...display } = type;
      try {
        await prisma.customType.create({ data: { ...type, workspaceId, createdById: createdBy ?? null } });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const { count } = await prisma.customType.updateMany({ where: { workspaceId, name, category }, data: display });
        if (count === 0) {
          throw new AppError('CONFLICT', {
            message: `${name} is registered under another category, which never changes.`,
          });
        }
      } finally {
        cache.delete(workspaceId);
      }
      return customType(type);
    },

    async remove(workspaceId, name) {
      refuseBuiltIn(name);
      try {
        const used = await prisma.activity.findFirst({ where: { workspaceId, type: name }, select: { id: true } });
        if (used) {
          throw new AppError('CONFLICT', {
            message: `Activities of type ${name} are in the book: it must stay known.`,
          });
        }
        const { count } = await prisma.customType.deleteMany({ where: { workspaceId, name } });
        if (count === 0) throw new AppError('NOT_FOUND', { message: `There is no custom type ${name}.` });
      } finally {
        cache.delete(workspaceId);
      }
    },
  };
}

function refuseBuiltIn(name: string): void {
  if (!BUILT_IN_NAMES.has(name.toLowerCase())) return;
  throw new AppError('CONFLICT', { message: `${name} is a type that is built in.` });
}

/** Without regard to case: a second type that differs from MESSAGE_SENT by its letters' case alone would only mislead. */
const BUILT_IN_NAMES: ReadonlySet<string> = new Set(BUILT_IN_TYPES.map((type) => type.name.toLowerCase()));

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
