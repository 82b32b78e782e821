import type { Geo } from './geos.ts';
import { hash32, uniformAt } from './hash.ts';
import type { Dials } from './options.ts';
import type { Plan } from './plan.ts';

/** What the shop sells. Prices and unit costs in minor units. */
export interface Product {
  sku: string;
  name: string;
  price: number;
  dollarPrice: number;
  cost: number;
}

export const PRODUCTS: readonly Product[] = [
  { sku: 'NL-CLN-150', name: 'Fjord Cleanser 150 ml', price: 2200, dollarPrice: 2600, cost: 480 },
  { sku: 'NL-SER-030', name: 'Barrier Serum 30 ml', price: 4800, dollarPrice: 5600, cost: 920 },
  { sku: 'NL-CRM-050', name: 'Aurora Day Cream 50 ml', price: 3900, dollarPrice: 4500, cost: 760 },
  { sku: 'NL-OIL-030', name: 'Polar Night Oil 30 ml', price: 5400, dollarPrice: 6200, cost: 1150 },
  { sku: 'NL-SPF-050', name: 'Midnight Sun SPF 50', price: 3200, dollarPrice: 3800, cost: 610 },
  { sku: 'NL-MSK-005', name: 'Ice Sheet Mask, 5 pack', price: 2500, dollarPrice: 2900, cost: 540 },
  { sku: 'NL-LIP-010', name: 'Lip Balm "Lofoten"', price: 900, dollarPrice: 1100, cost: 150 },
  { sku: 'NL-SET-001', name: 'Starter Set, 3 pieces', price: 7900, dollarPrice: 8900, cost: 1700 },
];

/** Popularity of the products, cumulative. */
const POPULARITY = [0.16, 0.36, 0.53, 0.62, 0.76, 0.85, 0.94, 1];

const TAX_RATE: Readonly<Record<string, number>> = { FR: 0.2, BE: 0.21, DE: 0.19, US: 0.08 };

/** What one person buys on one day, in minor units of `currency`. The same in every world in which the order happens. */
export interface Basket {
  currency: 'EUR' | 'USD';
  lines: readonly { product: number; quantity: number; price: number }[];
  discountCode: string;
  discount: number;
  /** goods after discount; includes tax when `isTaxIncluded` */
  subtotal: number;
  shipping: number;
  tax: number;
  isTaxIncluded: boolean;
  total: number;
  /** goods after discount, without tax and shipping */
  net: number;
  isCancelled: boolean;
  source: 'web' | 'pos';
  /** 0 = none; money returned, the day it went back, and whether all of it went back */
  refund: number;
  refundDay: number;
  isFullRefund: boolean;
}

/** Draws the basket of a person's order; purposes 200-219 of the person's seed are its own. */
export function basketOf(dials: Dials, plan: Plan, seed: number, geo: Geo, isFollower: boolean, day: number): Basket {
  const draw = (purpose: number): number => uniformAt(seed, day, purpose);
  const isDollar = geo.country === 'US';
  const lineCount = draw(200) < 0.62 ? 1 : draw(200) < 0.9 ? 2 : 3;
  const lines: { product: number; quantity: number; price: number }[] = [];
  for (let n = 0; n < lineCount; n++) {
    const popularity = draw(201 + n);
    const product = POPULARITY.findIndex((share) => popularity < share);
    if (lines.some((line) => line.product === product)) continue;
    const quantity = hash32(seed, day, 205 + n) % 10 === 0 ? 2 : 1;
    lines.push({ product, quantity, price: isDollar ? PRODUCTS[product].dollarPrice : PRODUCTS[product].price });
  }
  const goods = lines.reduce((sum, line) => sum + line.quantity * line.price, 0);
  const { code, rate } = codeOf(plan, isFollower, day, draw(209));
  const discount = Math.round(goods * rate);
  const subtotal = goods - discount;
  const source = draw(210) < 0.04 ? 'pos' : 'web';
  const shipping = source === 'pos' || subtotal >= 6000 ? 0 : isDollar ? 695 : 490;
  const taxRate = TAX_RATE[geo.country] ?? 0;
  const isTaxIncluded = !isDollar;
  const taxed = subtotal + shipping;
  const tax = isTaxIncluded ? taxed - Math.round(taxed / (1 + taxRate)) : Math.round(taxed * taxRate);
  const total = isTaxIncluded ? taxed : taxed + tax;
  const net = isTaxIncluded ? Math.round(subtotal / (1 + taxRate)) : subtotal;
  const isCancelled = draw(211) < 0.012;
  const refundDay = day + 3 + (hash32(seed, day, 212) % 18);
  const isRefunded = !isCancelled && draw(213) < dials.refundRate && refundDay < dials.days;
  const isFullRefund = isRefunded && (lines.length === 1 || draw(214) < 0.4);
  const first = lines[0];
  const partial = Math.round((first.price * subtotal) / goods);
  return {
    currency: isDollar ? 'USD' : 'EUR',
    lines,
    discountCode: code,
    discount,
    subtotal,
    shipping,
    tax,
    isTaxIncluded,
    total,
    net,
    isCancelled,
    source,
    refund: isRefunded ? (isFullRefund ? total : partial) : 0,
    refundDay: isRefunded ? refundDay : -1,
    isFullRefund,
  };
}

/** Followers use their creator's code often; other codes leak to everybody and say little about what caused an order. */
function codeOf(plan: Plan, isFollower: boolean, day: number, draw: number): { code: string; rate: number } {
  for (const campaign of plan.campaigns) {
    if (campaign.discountCode === '' || day < campaign.start || day >= campaign.end) continue;
    const isCreator = campaign.id.startsWith('creator');
    const share = isCreator ? (isFollower ? 0.45 : 0.03) : 0.1;
    if (draw < share) return { code: campaign.discountCode, rate: campaign.discountRate };
  }
  return { code: '', rate: 0 };
}

/** Money of a refund that belongs to goods without tax: what `net` loses. */
export function refundedNet(basket: Basket): number {
  if (basket.refund === 0) return 0;
  return basket.isFullRefund ? basket.net : Math.round((basket.refund * basket.net) / basket.subtotal);
}
