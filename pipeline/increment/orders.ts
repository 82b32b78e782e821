import { IN_ORDERS, type Increment, NEW_ROWS, nothing } from './increment.ts';

/** Streams whose rows belong to one order, by (shop_id, source_order_id). */
const ORDER_STREAMS = [
  'orders',
  'order_line',
  'order_discount',
  'order_attribute',
  'refund',
  'refund_line',
  'money_event',
] as const;

/** The orders that new rows tell of, as they are told now; what they were is kept for the persons that they leave. */
export async function remakeOrders(increment: Increment): Promise<void> {
  const keys = ORDER_STREAMS.filter((stream) => increment.changed.has(`raw.${stream}`)).map(
    (stream) => `select shop_id, source_order_id from raw.${stream} as this where ${NEW_ROWS}`,
  );
  await increment.table(
    'scope_order',
    keys.length === 0 ? nothing('shop_id', 'source_order_id') : keys.join(' union '),
  );
  // what the orders were, for the persons that they leave
  await increment.table('old_order', `select this.* from staging.orders as this where ${IN_ORDERS}`);
  for (const stream of ORDER_STREAMS) {
    if (!increment.changed.has(`raw.${stream}`)) continue;
    increment.say(`staging.${stream}`);
    await increment.scoped(`staging.${stream}`, { [`raw.${stream}`]: { where: IN_ORDERS } }, IN_ORDERS);
  }
}
