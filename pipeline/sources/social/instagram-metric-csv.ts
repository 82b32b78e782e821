import type { SourceKind } from '../source.ts';

/**
 * Meta Business Suite: one metric of an account by day. The metric's name stands in the title line above the header.
 * A Facebook page has the same export: say so by a source with `platform: facebook`.
 */
export const instagramMetricCsv: SourceKind = {
  kind: 'instagram_metric_csv',
  title: 'Meta Business Suite export of one metric by day',
  platform: 'instagram',
  streams: ['metric_observation'],
  assumes: {
    account: 'the only account of its platform; declare one when there are more',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date', 'Datum', 'Fecha'],
      value: ['Primary', 'Primär', 'Hauptwert', 'Principal', 'Primaire', 'Principale', 'Primario'],
    },
    required: ['date', 'value'],
  },
};
