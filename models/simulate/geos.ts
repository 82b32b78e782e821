/** A region that orders ship to. */
export interface Geo {
  /** ISO 3166-2 code, the name of the geo in panels and studies */
  id: string;
  country: string;
  countryName: string;
  region: string;
  regionName: string;
  /** relative number of persons */
  population: number;
}

const row = (country: string, countryName: string, region: string, regionName: string, population: number): Geo => ({
  id: `${country}-${region}`,
  country,
  countryName,
  region,
  regionName,
  population,
});

/** 24 regions of four countries; populations in millions, rounded. Orders of the United States are sold in USD. */
export const DEFAULT_GEOS: readonly Geo[] = [
  row('FR', 'France', 'IDF', 'Île-de-France', 12.4),
  row('FR', 'France', 'ARA', 'Auvergne-Rhône-Alpes', 8.2),
  row('FR', 'France', 'OCC', 'Occitanie', 6.1),
  row('FR', 'France', 'NAQ', 'Nouvelle-Aquitaine', 6.1),
  row('FR', 'France', 'HDF', 'Hauts-de-France', 6.0),
  row('FR', 'France', 'GES', 'Grand Est', 5.6),
  row('FR', 'France', 'PAC', "Provence-Alpes-Côte d'Azur", 5.2),
  row('FR', 'France', 'PDL', 'Pays de la Loire', 3.9),
  row('FR', 'France', 'BRE', 'Bretagne', 3.4),
  row('FR', 'France', 'NOR', 'Normandie', 3.3),
  row('FR', 'France', 'BFC', 'Bourgogne-Franche-Comté', 2.8),
  row('FR', 'France', 'CVL', 'Centre-Val de Loire', 2.6),
  row('BE', 'Belgium', 'VLG', 'Vlaanderen', 3.4),
  row('BE', 'Belgium', 'WAL', 'Wallonie', 2.7),
  row('BE', 'Belgium', 'BRU', 'Bruxelles', 1.6),
  row('DE', 'Germany', 'NW', 'Nordrhein-Westfalen', 6.0),
  row('DE', 'Germany', 'BY', 'Bayern', 4.4),
  row('DE', 'Germany', 'BW', 'Baden-Württemberg', 3.8),
  row('DE', 'Germany', 'HE', 'Hessen', 2.2),
  row('DE', 'Germany', 'BE', 'Berlin', 2.4),
  row('DE', 'Germany', 'HH', 'Hamburg', 1.4),
  row('US', 'United States', 'NY', 'New York', 3.2),
  row('US', 'United States', 'CA', 'California', 4.1),
  row('US', 'United States', 'TX', 'Texas', 2.4),
];

/**
 * Any number of made-up geos of one country, for studies that need more regions than the brand has: sizes fall as
 * 1 / sqrt(rank), so that a few large ones stand beside many small.
 */
export function madeUpGeos(count: number): Geo[] {
  return Array.from({ length: count }, (_, index) => {
    const region = `R${String(index + 1).padStart(3, '0')}`;
    return row('FR', 'France', region, `Region ${index + 1}`, 10 / Math.sqrt(index + 1));
  });
}
