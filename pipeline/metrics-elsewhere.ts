/** A number of the registry that no sum of credit gives: what it is, and where it stands. */
export interface MeasuredMetric {
  id: string;
  version: number;
  label: string;
  formula: string;
  unit: 'money' | 'ratio' | 'count';
  interval: 'confidence or credible' | 'exact';
  /** reports and tables that have it, in words */
  where: string;
}

const roiTable = 'the ROI table of its period: "liftproof export roi", or the table roi';

/** Ids of the registry that a query cannot sum up. They are listed in the catalog, and a query for them says where they stand. */
export const MEASURED_METRICS: readonly MeasuredMetric[] = [
  {
    id: 'iroas',
    version: 1,
    label: 'Incremental return',
    formula: 'incremental revenue / incremental spend',
    unit: 'ratio',
    interval: 'confidence or credible',
    where: 'the reports lift (studies) and mix, and the ROI table',
  },
  {
    id: 'mroas',
    version: 1,
    label: 'Marginal return',
    formula: 'incremental revenue of the next unit of spend',
    unit: 'ratio',
    interval: 'confidence or credible',
    where: 'the report mix',
  },
  {
    id: 'incrementality_factor',
    version: 1,
    label: 'Incrementality factor',
    formula: 'iroas / return that the platform claims',
    unit: 'ratio',
    interval: 'confidence or credible',
    where: 'the report lift and the ROI table',
  },
  {
    id: 'ltv_30',
    version: 1,
    label: 'LTV 30',
    formula: 'net revenue of new customers within 30 days of their first order / new customers',
    unit: 'money',
    interval: 'exact',
    where: roiTable,
  },
  {
    id: 'ltv_60',
    version: 1,
    label: 'LTV 60',
    formula: 'net revenue of new customers within 60 days of their first order / new customers',
    unit: 'money',
    interval: 'exact',
    where: roiTable,
  },
  {
    id: 'ltv_90',
    version: 1,
    label: 'LTV 90',
    formula: 'net revenue of new customers within 90 days of their first order / new customers',
    unit: 'money',
    interval: 'exact',
    where: roiTable,
  },
  {
    id: 'ltv_365',
    version: 1,
    label: 'LTV 365',
    formula: 'net revenue of new customers within 365 days of their first order / new customers',
    unit: 'money',
    interval: 'exact',
    where: roiTable,
  },
  {
    id: 'ltv_cac',
    version: 2,
    label: 'LTV / CAC',
    formula: 'ltv_90 / ncac',
    unit: 'ratio',
    interval: 'exact',
    where: roiTable,
  },
  {
    id: 'payback_days',
    version: 1,
    label: 'Payback days',
    formula: 'first day on which the margin of new customers has paid what was spent',
    unit: 'count',
    interval: 'exact',
    where: roiTable,
  },
];
