/** Plain orders for tests that break them. */
export const HEADER = 'shop_id,source_order_id,system,created_at,currency,total,customer_key\n';

export function orderLine(i: number, given: { currency?: string; total?: string; day?: string } = {}): string {
  const { currency = 'EUR', total = '10.00', day = `2026-05-0${1 + (i % 9)}` } = given;
  return `s,${i},shop,${day} 10:00:00,${currency},${total},a${i}@shop.example\n`;
}

export function orderLines(count: number, from = 0): string {
  return Array.from({ length: count }, (_, i) => orderLine(from + i)).join('');
}
