import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type pg from 'pg';

/** Type oid of the system catalogues' one-byte `"char"`, and of bpchar, which the adapter does know. */
const CATALOG_CHAR = 18;
const BPCHAR = 1042;

/**
 * Prisma's `pg` adapter, with two gaps closed that only the migration engine meets:
 * - it cuts scripts at every semicolon, which breaks function bodies; PostgreSQL takes a whole script in one
 *   simple query, as one transaction unless the script says otherwise;
 * - it does not know the type `"char"`, in which the catalogues of every table with a CHECK answer.
 */
export function schemaEngineAdapter(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const charColumns = rememberCharColumns(pool);
  const factory = new PrismaPg(pool);

  const extend = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    };
    adapter.executeScript = async (script) => {
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    };
    return adapter;
  };

  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => extend(await factory.connect()),
    connectToShadowDb: async () => extend(await factory.connectToShadowDb()),
  };
}

/** Relabels `"char"` columns to get them past the adapter, and remembers which they were by the rows they came with. */
function rememberCharColumns(pool: pg.Pool): WeakMap<object, number[]> {
  const charColumns = new WeakMap<object, number[]>();
  const run = pool.query.bind(pool);
  const query = async (config: pg.QueryArrayConfig) => {
    const result = await run(config);
    // A script of several statements answers with a list, and with no rows that matter.
    if (Array.isArray(result)) return result;
    const found = [...result.fields.keys()].filter((index) => result.fields[index]?.dataTypeID === CATALOG_CHAR);
    for (const index of found) Object.assign(result.fields[index] ?? {}, { dataTypeID: BPCHAR });
    charColumns.set(result.rows, found);
    return result;
  };
  Object.defineProperty(pool, 'query', { value: query });
  return charColumns;
}
