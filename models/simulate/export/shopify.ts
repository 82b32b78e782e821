import { PRODUCTS } from '../basket.ts';
import { localTime, offsetText, rfc3339, type Zone } from '../calendar.ts';
import { GRANTED } from '../demand.ts';
import { digitsAt, hash32, seedOf, uniformAt } from '../hash.ts';
import { emailOf, type Market, type Order } from '../market.ts';
import { type Landing, landingOf } from './links.ts';
import { money, sparseCsvFile } from './text.ts';

/** The Admin export's columns in their order; Shopify adds and drops some over the years. */
const HEADER = [
  'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes',
  'Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price',
  'Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status',
  'Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip',
  'Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2',
  'Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes',
  'Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID',
  'Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value',
  'Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name',
  'Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References',
]
  .join(',')
  .split(',');

function zoneOf(shop: Order['shop']): Zone {
  return shop === 'us' ? 'America/New_York' : 'Europe/Paris';
}

/**
 * `orders_export.csv` of one shop: a row per line item, order columns on the first row only, newest order first.
 */
export function ordersCsv(market: Market, shop: Order['shop']): string {
  return sparseCsvFile(HEADER, orderRows(market, shop));
}

function* orderRows(market: Market, shop: Order['shop']): Generator<Record<string, string | number>> {
  const zone = zoneOf(shop);
  for (const order of market.orders.filter((held) => held.shop === shop).reverse()) {
    const { basket } = order;
    const line = (index: number): Record<string, string | number> => ({
      Name: order.name,
      Email: emailOn(market, order),
      'Created at': `${localTime(zone, order.at)} ${offsetText(zone, order.at)}`,
      'Lineitem quantity': basket.lines[index].quantity,
      'Lineitem name': PRODUCTS[basket.lines[index].product].name,
      'Lineitem price': money(basket.lines[index].price),
      'Lineitem sku': PRODUCTS[basket.lines[index].product].sku,
      'Lineitem requires shipping': 'true',
      'Lineitem taxable': 'true',
      'Lineitem fulfillment status': basket.isCancelled ? 'pending' : 'fulfilled',
      Vendor: market.context.dials.brand,
      'Lineitem discount': '0.00',
    });
    const first = line(0);
    yield { ...first, ...orderCells(market, order, zone, first['Created at']) };
    for (let index = 1; index < basket.lines.length; index++) yield line(index);
  }
}

/** What stands on the first row of an order only. */
function orderCells(market: Market, order: Order, zone: Zone, at: string | number): Record<string, string | number> {
  const { basket } = order;
  const geo = market.context.dials.geos[market.context.population.geo[order.person]];
  return {
    'Financial Status': statusOf(order),
    'Paid at': basket.isCancelled ? '' : at,
    'Fulfillment Status': basket.isCancelled ? 'unfulfilled' : 'fulfilled',
    'Accepts Marketing': market.context.population.isKnown[order.person] ? 'yes' : 'no',
    Currency: basket.currency,
    Subtotal: money(basket.subtotal),
    Shipping: money(basket.shipping),
    Taxes: money(basket.tax),
    Total: money(basket.total),
    'Discount Code': basket.discountCode,
    'Discount Amount': money(basket.discount),
    'Shipping Method': basket.source === 'pos' ? '' : 'Standard',
    'Billing Country': geo.country,
    'Billing Province': geo.region,
    'Shipping Country': basket.source === 'pos' ? '' : geo.country,
    'Shipping Province': basket.source === 'pos' ? '' : geo.region,
    'Billing Province Name': geo.regionName,
    'Shipping Province Name': basket.source === 'pos' ? '' : geo.regionName,
    'Note Attributes': noteAttributes(market, order)
      .map(({ name, value }) => `${name}: ${value}`)
      .join('\n'),
    'Cancelled at': basket.isCancelled ? cancelledAt(order, zone, ' ') : '',
    'Payment Method': 'Shopify Payments',
    'Refunded Amount': money(basket.refund),
    'Outstanding Balance': '0.00',
    Id: order.id,
    'Risk Level': 'Low',
    Source: basket.source,
  };
}

/**
 * Orders as Shopify's webhooks and REST API write them, one a line: every refunded order (the CSV has no refund dates)
 * and the orders of the last five days. They overlap with the CSV on purpose; the order's id is the same.
 */
export function ordersJson(market: Market, shop: Order['shop']): string {
  const { days } = market.context.dials;
  const zone = zoneOf(shop);
  return market.orders
    .filter((order) => order.shop === shop && (order.basket.refund > 0 || order.day >= days - 5))
    .map((order) => `${JSON.stringify(orderJson(market, order, zone))}\n`)
    .join('');
}

function orderJson(market: Market, order: Order, zone: Zone): Record<string, unknown> {
  const { context } = market;
  const { basket } = order;
  const geo = context.dials.geos[context.population.geo[order.person]];
  const landing = landingOn(market, order);
  const lineIds = basket.lines.map((_, index) =>
    digitsAt('14', 14, hash32(context.dials.seed, order.person, order.day), index),
  );
  const refundedAt = refundInstant(market, order);
  const at = rfc3339(zone, order.at);
  const address = {
    country_code: geo.country,
    country: geo.countryName,
    province_code: geo.region,
    province: geo.regionName,
  };
  return {
    id: Number(order.id),
    admin_graphql_api_id: `gid://shopify/Order/${order.id}`,
    name: order.name,
    email: emailOn(market, order),
    created_at: at,
    processed_at: at,
    updated_at: basket.refund > 0 ? rfc3339(zone, refundedAt) : basket.isCancelled ? cancelledAt(order, zone, 'T') : at,
    cancelled_at: basket.isCancelled ? cancelledAt(order, zone, 'T') : null,
    cancel_reason: basket.isCancelled ? 'customer' : null,
    financial_status: statusOf(order),
    currency: basket.currency,
    presentment_currency: basket.currency,
    subtotal_price: money(basket.subtotal),
    total_discounts: money(basket.discount),
    total_line_items_price: money(basket.subtotal + basket.discount),
    total_tax: money(basket.tax),
    total_price: money(basket.total),
    current_total_price: money(basket.total - basket.refund),
    taxes_included: basket.isTaxIncluded,
    test: false,
    confirmed: true,
    source_name: basket.source,
    landing_site: landing?.path ?? null,
    referring_site: landing ? landing.referrer : null,
    discount_codes: basket.discountCode
      ? [{ code: basket.discountCode, amount: money(basket.discount), type: 'percentage' }]
      : [],
    note_attributes: noteAttributes(market, order),
    shipping_lines:
      basket.source === 'pos'
        ? []
        : [{ title: 'Standard', price: money(basket.shipping), discounted_price: money(basket.shipping) }],
    billing_address: address,
    shipping_address: basket.source === 'pos' ? null : address,
    line_items: basket.lines.map((line, index) => ({
      id: Number(lineIds[index]),
      sku: PRODUCTS[line.product].sku,
      title: PRODUCTS[line.product].name,
      quantity: line.quantity,
      price: money(line.price),
      total_discount: '0.00',
      gift_card: false,
    })),
    refunds: basket.refund > 0 ? [refundJson(market, order, zone, refundedAt, lineIds)] : [],
  };
}

function refundJson(
  market: Market,
  order: Order,
  zone: Zone,
  at: number,
  lineIds: readonly string[],
): Record<string, unknown> {
  const { basket } = order;
  const seed = seedOf(market.context.dials.seed, 'refunds');
  const id = Number(digitsAt('92', 12, seed, order.person * 4096 + order.day));
  const lines = basket.isFullRefund ? basket.lines.map((_, index) => index) : [0];
  // a partial refund gives back one piece of the first line
  const quantityOf = (index: number): number => (basket.isFullRefund ? basket.lines[index].quantity : 1);
  const goods = basket.subtotal + basket.discount;
  const subtotalOf = (index: number): number =>
    Math.round((basket.lines[index].price * quantityOf(index) * basket.subtotal) / goods);
  // where prices include tax, so does what is given back; elsewhere a part goes back without its tax, the whole with all of it
  const goodsTax = basket.isTaxIncluded ? basket.subtotal - basket.net : basket.isFullRefund ? basket.tax : 0;
  const shippingTax = basket.isTaxIncluded ? basket.tax - goodsTax : 0;
  const taxOf = (index: number): number => Math.round((goodsTax * subtotalOf(index)) / basket.subtotal);
  return {
    id,
    order_id: Number(order.id),
    created_at: rfc3339(zone, at),
    processed_at: rfc3339(zone, at),
    note: null,
    refund_line_items: lines.map((index) => ({
      id: Number(digitsAt('61', 12, seed, (order.person * 4096 + order.day) * 4 + index)),
      line_item_id: Number(lineIds[index]),
      quantity: quantityOf(index),
      restock_type: 'return',
      subtotal: money(subtotalOf(index)),
      total_tax: money(taxOf(index)),
    })),
    order_adjustments:
      basket.isFullRefund && basket.shipping > 0
        ? [
            {
              kind: 'shipping_refund',
              amount: money(-basket.shipping),
              tax_amount: money(-shippingTax),
              reason: 'Shipping refund',
            },
          ]
        : [],
    transactions: [
      {
        id: id + 1,
        order_id: Number(order.id),
        kind: 'refund',
        status: 'success',
        amount: money(basket.refund),
        currency: basket.currency,
        created_at: rfc3339(zone, at),
        test: false,
        gateway: 'shopify_payments',
      },
    ],
  };
}

/** Instant at which money went back: late in the morning of the refund's day. */
function refundInstant(market: Market, order: Order): number {
  if (order.basket.refund === 0) return Number.NaN;
  const minute = hash32(market.context.dials.seed, order.person, order.day) % 240;
  return market.context.dayStarts[order.basket.refundDay] + 3600000 * 9 + minute * 60000;
}

/** The landing that the shop itself remembers of an order placed on the web. */
function landingOn(market: Market, order: Order): Landing | null {
  return order.visit < 0 ? null : landingOf(market, market.visits[order.visit], order.visit);
}

/** Half of the tagged orders of people who consented carry the tags in the cart's attributes. */
function noteAttributes(market: Market, order: Order): { name: string; value: string }[] {
  const landing = landingOn(market, order);
  const seed = seedOf(market.context.dials.seed, 'notes');
  if (!landing?.utm || market.context.population.consent[order.person] !== GRANTED) return [];
  if (uniformAt(seed, order.person, order.day) < 0.5) return [];
  const { source, medium, campaign } = landing.utm;
  const pairs = [
    { name: 'utm_source', value: source },
    { name: 'utm_medium', value: medium },
    { name: 'utm_campaign', value: campaign },
  ];
  return pairs.filter(({ value }) => value !== '');
}

/** At the till only known customers leave an address. */
function emailOn(market: Market, order: Order): string {
  const isAnonymous = order.basket.source === 'pos' && market.context.population.isKnown[order.person] === 0;
  return isAnonymous ? '' : emailOf(order.person);
}

function statusOf(order: Order): string {
  if (order.basket.isCancelled) return 'voided';
  if (order.basket.refund === 0) return 'paid';
  return order.basket.refund === order.basket.total ? 'refunded' : 'partially_refunded';
}

function cancelledAt(order: Order, zone: Zone, style: ' ' | 'T'): string {
  const at = order.at + 1800000;
  return style === 'T' ? rfc3339(zone, at) : `${localTime(zone, at)} ${offsetText(zone, at)}`;
}
