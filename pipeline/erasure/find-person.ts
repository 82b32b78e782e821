import { STREAM_NAMES, type StreamName, streamOf } from '../streams.ts';
import { quoteName, type Warehouse } from '../warehouse.ts';

/** What the warehouse knows of a person. */
export interface FoundPerson {
  /** keys of the person, in every kind of id and through every link */
  keys: number;
  /** numbers of the records that they stand in, by batch */
  records: Map<string, Set<number>>;
}

const ID_KINDS = ['visitor', 'user', 'customer', 'actor', 'click_id', 'session', 'id'] as const;

/**
 * Where a person stands in `raw.*`: under the keys that the identifiers give in every kind of id, and under all keys that are linked
 * with those. Makes the temporary table `erased_key`.
 *
 * @param identifiers  e-mail addresses and ids as sources write them; `visitor:abc` says the kind
 */
export async function findPerson(warehouse: Warehouse, identifiers: readonly string[]): Promise<FoundPerson> {
  await warehouse.run('create or replace temporary table erased_key (person_key varchar)');
  for (const value of identifiers) {
    const kinds = ID_KINDS.map((kind) => `person_key('${kind}', $value)`);
    await warehouse.run(
      `insert into temp.erased_key select distinct key from (
         select unnest([email_key($value), plain_person_key($value), ${kinds.join(', ')}]) as key
       ) where key is not null`,
      { value },
    );
  }
  const isBuilt = await warehouse.count(
    "select count(*) from information_schema.tables where table_schema = 'staging' and table_name = 'person'",
  );
  if (isBuilt > 0)
    await warehouse.run(`
      insert into temp.erased_key
      select distinct other.person_key
      from staging.person as known
      inner join staging.person as other on other.person_id = known.person_id
      where known.person_key in (select person_key from temp.erased_key)
        and other.person_key not in (select person_key from temp.erased_key)`);
  const records = new Map<string, Set<number>>();
  const seen = new Set<string>();
  for (const stream of STREAM_NAMES) {
    const columns = personColumns(stream);
    if (columns.length === 0) continue;
    const rows = await warehouse.rows<{ batch_id: string; line_no: string; keys: string }>(
      `select batch_id, line_no, concat_ws(' ', ${columns.join(', ')}) as keys from raw.${quoteName(stream)}
       where ${columns.map((column) => `${column} in (select person_key from temp.erased_key)`).join(' or ')}`,
    );
    for (const row of rows) {
      const known = records.get(row.batch_id) ?? new Set();
      records.set(row.batch_id, known.add(Number(row.line_no)));
      for (const key of row.keys.split(' ')) seen.add(key);
    }
  }
  const known = await warehouse.rows<{ person_key: string }>('select person_key from temp.erased_key');
  return { keys: known.filter(({ person_key }) => seen.has(person_key)).length, records };
}

function personColumns(stream: StreamName): string[] {
  return Object.entries(streamOf(stream).columns)
    .filter(([, column]) => column.type === 'person')
    .map(([name]) => quoteName(name));
}
