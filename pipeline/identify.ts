import type { Warehouse } from './warehouse.ts';

/**
 * Gives every person key the id of its person: the connected component of the deterministic links, by label propagation.
 *
 * The label of a component is its smallest key, so it depends on the links alone, never on the order they came in. Keys without a
 * link are persons of their own. Reads `staging.identity_link` and the keys on raw touches, orders and conversions; writes
 * `staging.person` (person_key, person_id).
 *
 * @param scope  table of person keys to recompute, with every key of the persons that they belonged to; all keys when absent
 * @returns      number of rounds until nothing changed
 */
export async function identify(warehouse: Warehouse, scope?: string): Promise<number> {
  const within =
    scope === undefined
      ? ''
      : `where key_a in (select person_key from ${scope}) or key_b in (select person_key from ${scope})`;
  await warehouse.run(`
    create or replace temporary table link as
    select key_a as a, key_b as b from staging.identity_link ${within}`);
  await warehouse.run(`
    create or replace temporary table label as
    select person_key, row_number() over (order by person_key) as label
    from (select a as person_key from temp.link union select b from temp.link)`);
  // keys as numbers in their own order: the smallest number of a component is its smallest key
  await warehouse.run(`
    create or replace temporary table edge as
    select a.label as a, b.label as b
    from temp.link
    inner join temp.label as a on a.person_key = link.a
    inner join temp.label as b on b.person_key = link.b`);
  await warehouse.run('create or replace temporary table component as select label as node, label from temp.label');
  let rounds = 0;
  for (let changed = 1; changed > 0; rounds++) {
    await warehouse.run(`
      create or replace temporary table next_component as
      with
      -- both ends of a link hear the smaller label, and so do the keys that they were labelled by: whole components join at once
      heard as (
          select unnest([edge.a, edge.b, one.label, other.label]) as node, least(one.label, other.label) as label
          from temp.edge
          inner join temp.component as one on one.node = edge.a
          inner join temp.component as other on other.node = edge.b
          union all
          select node, label from temp.component
      ),
      lowest as (select node, min(label) as label from heard group by node)
      -- pointer jumping: a label's own label, so that chains halve each round
      select lowest.node, least(lowest.label, coalesce(jump.label, lowest.label)) as label
      from lowest
      left join lowest as jump on jump.node = lowest.label`);
    changed = await warehouse.count(`
      select count(*) from temp.next_component as new
      inner join temp.component as old on old.node = new.node
      where old.label <> new.label`);
    await warehouse.run('create or replace temporary table component as select * from temp.next_component');
  }
  const alone =
    scope === undefined
      ? `select visitor_key as person_key from raw.touch where visitor_key is not null
       union select customer_key from raw.orders where customer_key is not null
       union select customer_key from raw.conversion where customer_key is not null`
      : `select person_key from ${scope}`;
  await warehouse.run(`
    create or replace temporary table person_scope as
    with
    linked as (
        select label.person_key, root.person_key as root_key
        from temp.component
        inner join temp.label on label.label = component.node
        inner join temp.label as root on root.label = component.label
    )
    select person_key, cast(md5(root_key) as uuid) as person_id from linked
    union all
    select person_key, cast(md5(person_key) as uuid) as person_id
    from (${alone}) as keys
    where person_key not in (select person_key from linked)`);
  if (scope === undefined)
    await warehouse.run('create or replace table staging.person as select * from temp.person_scope');
  else {
    await warehouse.run('delete from staging.person where person_key in (select person_key from temp.person_scope)');
    await warehouse.run('insert into staging.person select * from temp.person_scope');
  }
  for (const table of ['link', 'label', 'edge', 'component', 'next_component', 'person_scope'])
    await warehouse.run(`drop table temp.${table}`);
  return rounds;
}
