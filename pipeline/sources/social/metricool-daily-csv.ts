import type { SourceKind } from '../source.ts';

/** Metricool: one account's days; which network it is of stands nowhere in the file, so the source declares its `platform`. */
export const metricoolDailyCsv: SourceKind = {
  kind: 'metricool_daily_csv',
  title: 'Metricool account evolution export',
  platform: 'metricool',
  streams: ['metric_observation'],
  assumes: {
    account: 'the only account of its platform; declare one, and the platform, for a source of this kind',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date', 'Fecha', 'Datum'],
      followers: ['Followers', 'Seguidores'],
      follows: ['Gained followers', 'Seguidores ganados'],
      unfollows: ['Lost followers', 'Seguidores perdidos'],
      posts: ['Posts', 'Publicaciones'],
      impressions: ['Impressions', 'Impresiones'],
      views: ['Views', 'Visualizaciones'],
      reach: ['Reach', 'Alcance'],
      interactions: ['Interactions', 'Interacciones'],
    },
    required: ['date', 'followers', 'follows', 'unfollows'],
  },
};
