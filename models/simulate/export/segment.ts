import { DAY_MILLISECONDS } from '../calendar.ts';
import { DENIED, GRANTED, SILENT } from '../demand.ts';
import { hash32, seedOf, uniformAt, uuidAt } from '../hash.ts';
import { emailOf, type Market } from '../market.ts';
import { landingOf, shopHost } from './links.ts';

interface Message {
  at: number;
  id: string;
  /** its JSON */
  text: string;
  /** arrives in the later file; and also in the first one */
  isLate: boolean;
  isRepeated: boolean;
}

const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X)',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
];
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const BATCH_SIZE = 25;

/**
 * What a Segment endpoint received, a batch a line: page views, identify calls, and Order Completed.
 *
 * Persons who are silent leave nothing. Persons who said no leave a ping per visit under an id that lasts only for it.
 * The second file holds what arrived late, and a few messages that were sent twice.
 */
export function segmentFiles(market: Market): { path: string; content: string }[] {
  const messages = pages(market).concat(sales(market), bots(market));
  messages.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const onTime = messages.filter((message) => !message.isLate || message.isRepeated);
  const late = messages.filter((message) => message.isLate);
  const end = market.context.dayStarts[market.context.dials.days - 1] + DAY_MILLISECONDS;
  return [
    { path: 'segment_batches.ndjson', content: batches(onTime, (last) => last.at + 900) },
    { path: 'segment_batches_late.ndjson', content: batches(late, () => end + 3600000) },
  ];
}

function pages(market: Market): Message[] {
  const { population, dials } = market.context;
  const seed = seedOf(dials.seed, 'segment');
  const messages: Message[] = [];
  market.visits.forEach((visit, index) => {
    const consent = population.consent[visit.person];
    if (consent === SILENT) return;
    const landing = landingOf(market, visit, index);
    const geo = dials.geos[population.geo[visit.person]];
    const { utm } = landing;
    const late = uniformAt(seed, index, 1);
    const flags = { isLate: late < dials.lateData, isRepeated: late < dials.lateData / 2 };
    const body = {
      type: 'page',
      messageId: messageIdAt(seed, index, 2),
      anonymousId: visitorId(market, visit.person, index, consent),
      timestamp: new Date(visit.at).toISOString(),
      properties: { url: landing.url, referrer: landing.referrer },
      context: {
        ...(utm && {
          campaign: {
            source: utm.source,
            medium: utm.medium,
            ...(utm.campaign && { name: utm.campaign }),
            ...(utm.content && { content: utm.content }),
          },
        }),
        consent: consentOf(consent),
        location: { country: geo.country, region: geo.region },
        userAgent: AGENTS[hash32(seed, visit.person, 3) % AGENTS.length],
      },
    };
    messages.push({ ...messageOf(visit.at, body), ...flags });
  });
  return messages;
}

/** At checkout a person who may be followed says who they are, and the shop's page says what was bought. */
function sales(market: Market): Message[] {
  const { population, dials } = market.context;
  const seed = seedOf(dials.seed, 'segment sales');
  const messages: Message[] = [];
  market.orders.forEach((order, index) => {
    if (order.visit < 0 || population.consent[order.person] !== GRANTED) return;
    const anonymousId = visitorId(market, order.person, order.visit, GRANTED);
    const userId = `cus_${order.person + 1}`;
    const email = emailOf(order.person);
    const shared = { anonymousId, userId, context: { consent: consentOf(GRANTED) } };
    messages.push(
      messageOf(order.at - 30000, {
        type: 'identify',
        messageId: messageIdAt(seed, index, 0),
        ...shared,
        timestamp: new Date(order.at - 30000).toISOString(),
        // some people type their address with capitals
        traits: { email: uniformAt(seed, order.person, 1) < 0.05 ? `S${email.slice(1)}` : email },
      }),
      messageOf(order.at, {
        type: 'track',
        event: 'Order Completed',
        messageId: messageIdAt(seed, index, 2),
        ...shared,
        timestamp: new Date(order.at).toISOString(),
        properties: {
          order_id: order.id,
          total: order.basket.total / 100,
          revenue: order.basket.subtotal / 100,
          currency: order.basket.currency,
        },
      }),
    );
  });
  return messages;
}

/** A crawler comes by every other day. */
function bots(market: Market): Message[] {
  const seed = seedOf(market.context.dials.seed, 'bots');
  const messages: Message[] = [];
  market.context.dayStarts.forEach((start, day) => {
    if (day % 2 === 1) return;
    const at = start + 14400000;
    messages.push(
      messageOf(at, {
        type: 'page',
        messageId: messageIdAt(seed, day, 0),
        anonymousId: uuidAt(seed, day, 1),
        timestamp: new Date(at).toISOString(),
        properties: { url: `https://${shopHost(market)}/collections/all`, referrer: '' },
        context: { consent: consentOf(GRANTED), userAgent: BOT },
      }),
    );
  });
  return messages;
}

/** A cookie of the device in hand; without consent an id that nobody keeps. */
function visitorId(market: Market, person: number, visit: number, consent: number): string {
  const { population, dials } = market.context;
  if (consent === DENIED) return uuidAt(seedOf(dials.seed, 'passing'), visit, 0);
  const seed = seedOf(dials.seed, 'devices');
  const device = population.hasTwoDevices[person] === 1 ? hash32(seed, visit, 9) % 2 : 0;
  return uuidAt(seed, person, device);
}

function consentOf(consent: number): Record<string, unknown> {
  const isGranted = consent === GRANTED;
  return { categoryPreferences: { Advertising: isGranted, Analytics: isGranted } };
}

function messageIdAt(seed: number, a: number, b: number): string {
  return `ajs-${uuidAt(seed, a, b).replaceAll('-', '').slice(0, 16)}`;
}

function messageOf(at: number, body: { messageId: string; [key: string]: unknown }): Message {
  return { at, id: body.messageId, text: JSON.stringify(body), isLate: false, isRepeated: false };
}

function batches(messages: readonly Message[], sentAt: (last: Message) => number): string {
  const lines: string[] = [];
  for (let start = 0; start < messages.length; start += BATCH_SIZE) {
    const part = messages.slice(start, start + BATCH_SIZE);
    const sent = new Date(sentAt(part[part.length - 1])).toISOString();
    const batch = part.map((message) => message.text).join(',');
    lines.push(`{"batch":[${batch}],"sentAt":"${sent}","writeKey":"NORDLYS"}\n`);
  }
  return lines.join('');
}
