import type { SourceKind } from '../source.ts';

/** LinkedIn page content export, sheet `Metrics`: the page's days in UTC. */
export const linkedinPageDaily: SourceKind = {
  kind: 'linkedin_page_daily',
  title: 'LinkedIn page content export, daily metrics',
  platform: 'linkedin',
  streams: ['metric_observation'],
  assumes: {
    account: 'the only account of its platform; declare one when there are more',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date', 'Datum', 'Fecha'],
      impressions_organic: ['Impressions (organic)', 'Impressionen (organisch)'],
      impressions_paid: ['Impressions (sponsored)', 'Impressionen (gesponsert)'],
      impressions: ['Impressions (total)', 'Impressionen (gesamt)', 'Impressionen (insgesamt)'],
      reach: ['Unique impressions (organic)', 'Eindeutige Impressionen (organisch)'],
      clicks_organic: ['Clicks (organic)', 'Klicks (organisch)'],
      clicks_paid: ['Clicks (sponsored)', 'Klicks (gesponsert)'],
      clicks: ['Clicks (total)', 'Klicks (gesamt)', 'Klicks (insgesamt)'],
      reactions_organic: ['Reactions (organic)', 'Reaktionen (organisch)'],
      reactions_paid: ['Reactions (sponsored)', 'Reaktionen (gesponsert)'],
      reactions: ['Reactions (total)', 'Reaktionen (gesamt)', 'Reaktionen (insgesamt)'],
      comments_organic: ['Comments (organic)', 'Kommentare (organisch)'],
      comments_paid: ['Comments (sponsored)', 'Kommentare (gesponsert)'],
      comments: ['Comments (total)', 'Kommentare (gesamt)', 'Kommentare (insgesamt)'],
      reposts_organic: ['Reposts (organic)', 'Reposts (organisch)'],
      reposts_paid: ['Reposts (sponsored)', 'Reposts (gesponsert)'],
      reposts: ['Reposts (total)', 'Reposts (gesamt)', 'Reposts (insgesamt)'],
      engagement_rate_organic: ['Engagement rate (organic)'],
      engagement_rate_paid: ['Engagement rate (sponsored)'],
      engagement_rate: ['Engagement rate (total)'],
    },
    required: ['date', 'impressions_organic', 'impressions'],
  },
};
