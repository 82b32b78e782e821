import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';
import { fixture, hasFixtures, read } from './spend.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const REPORT = 'synthetic_ui_exports/meta_ads_manager_report.csv';

describe.skipIf(!hasFixtures)('the synthetic report', () => {
  it('comes to 1,022.50 GBP: neither the Total row nor the slice by age is added', async () => {
    const { receipt, rows, totals } = await read(workspace, fixture(REPORT));
    expect(receipt).toMatchObject({ kind: 'meta_ads_manager_csv', read: 4, accepted: 4, rejected: 0 });
    expect(totals).toMatchObject({ spend: '1022.500000', impressions: '6500', clicks_link: '91' });
    expect(await rows('spend_daily', 'spend_date, spend, currency, level, entity_id, conversions_platform')).toEqual([
      {
        spend_date: '2026-03-28',
        spend: '12.50',
        currency: 'GBP',
        level: 'ad',
        entity_id: 'spring_launch - Copy / UK 25-45 / Mug reel',
        conversions_platform: '2',
      },
      expect.objectContaining({ spend_date: '2026-03-29', spend: '1010.00' }),
    ]);
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(fixture(REPORT).replaceAll('Mug reel', 'Mug film'))) {
      const { receipt, totals } = await read(workspace, text);
      expect([name, receipt.kind, totals.spend]).toEqual([name, 'meta_ads_manager_csv', '1022.500000']);
    }
  });
});

describe('other languages and settings', () => {
  it('reads a German report with semicolons, decimal commas and days first', async () => {
    const { receipt, rows } = await read(
      workspace,
      `Berichtsstart;Berichtsende;Kampagnenname;Anzeigengruppenname;Anzeigenname;Tag;Ausgegebener Betrag (EUR);Impressionen;Link-Klicks;Käufe;Conversion-Wert von Käufen
28.03.2026;29.03.2026;Frühling;DE;Reel;28.03.2026;12,50;3.400;51;2;37,50
28.03.2026;29.03.2026;Frühling;DE;Reel;29.03.2026;1.010,00;3.100;40;1;18,75
28.03.2026;29.03.2026;Gesamt;;;;1.022,50;6.500;91;3;56,25
`,
      { time_zone: 'Europe/Berlin' },
    );
    expect(receipt).toMatchObject({ kind: 'meta_ads_manager_csv', rejected: 0 });
    expect(
      await rows('spend_daily', 'spend_date, date_time_zone, currency, spend, impressions, conversion_value_platform'),
    ).toEqual([
      {
        spend_date: '2026-03-28',
        date_time_zone: 'Europe/Berlin',
        currency: 'EUR',
        spend: '12.50',
        impressions: '3400',
        conversion_value_platform: '37.50',
      },
      expect.objectContaining({ spend_date: '2026-03-29', spend: '1010.00', impressions: '3100' }),
    ]);
  });

  it('reads French and Spanish headers, and rows for All days are totals', async () => {
    const french = await read(
      workspace,
      `Début des rapports,Fin des rapports,Nom de la campagne,Jour,Montant dépensé (CHF),Impressions,Clics sur un lien,Achats
2026-03-01,2026-03-02,Printemps,2026-03-01,5.25,100,3,1
`,
    );
    expect(await french.rows('spend_daily', 'level, entity_id, currency, spend, conversions_platform')).toEqual([
      { level: 'campaign', entity_id: 'Printemps', currency: 'CHF', spend: '5.25', conversions_platform: '1' },
    ]);
    const spanish = await read(
      workspace,
      `Inicio del informe,Fin del informe,Nombre de la campaña,Día,Importe gastado (MXN),Impresiones,Clics en el enlace
2026-03-01,2026-03-02,Primavera,All,30.00,900,9
2026-03-01,2026-03-02,Primavera,2026-03-01,10.00,300,3
2026-03-01,2026-03-02,Primavera,2026-03-02,20.00,600,6
`,
    );
    expect(spanish.totals).toMatchObject({ spend: '30.000000', impressions: '900' });
  });

  it('needs to be told day or month first when no day of the file says it', async () => {
    const text = `Campaign name,Day,Amount spent (USD),Impressions
Spring,03/04/2026,5.25,100
`;
    const silent = await read(workspace, text);
    expect(silent.receipt).toMatchObject({ accepted: 0, rejected: 1 });
    expect(silent.receipt.rejects[0]).toMatchObject({ column: 'spend_date' });
    const told = await read(workspace, text.replace('Spring', 'Told'), { date_order: 'dmy' });
    expect(await told.rows('spend_daily', 'spend_date')).toEqual([{ spend_date: '2026-04-03' }]);
  });

  it('rejects a spend that can be read two ways until the decimal mark is said', async () => {
    const text = `Campaign name,Day,Amount spent (USD),Impressions
Spring,2026-03-01,"1,234",100
`;
    const silent = await read(workspace, text);
    expect(silent.receipt.rejects[0]).toMatchObject({
      column: 'spend',
      reason: expect.stringContaining('decimal_mark'),
    });
    const told = await read(workspace, text.replace('Spring', 'Told'), { decimal_mark: '.' });
    expect(told.totals.spend).toBe('1234.000000');
  });
});

describe('slices and periods', () => {
  it('keeps the slices when the file has no whole, with the country of each', async () => {
    const { rows, totals } = await read(
      workspace,
      `Campaign name,Ad ID,Day,Country,Amount spent (EUR),Impressions
Spring,120000000000000017,2026-03-01,DE,1.00,10
Spring,120000000000000017,2026-03-01,FR,2.00,20
`,
    );
    expect(totals.spend).toBe('3.000000');
    expect(await rows('spend_daily', 'entity_id, breakdown, country')).toEqual([
      { entity_id: '120000000000000017', breakdown: 'country=DE', country: 'DE' },
      { entity_id: '120000000000000017', breakdown: 'country=FR', country: 'FR' },
    ]);
  });

  it('counts one way of slicing when a file has two and no whole', async () => {
    const { totals } = await read(
      workspace,
      `Campaign name,Day,Age,Country,Amount spent (EUR),Impressions
Spring,2026-03-01,18-24,,1.00,10
Spring,2026-03-01,25-34,,2.00,20
Spring,2026-03-01,,DE,3.00,30
`,
    );
    expect(totals.spend).toBe('3.000000');
  });

  it('reads a report without days when it covers one, and rejects one that covers more', async () => {
    const text = (end: string) => `Reporting starts,Reporting ends,Campaign name,Amount spent (EUR),Impressions
2026-03-01,${end},Spring,4.00,10
2026-03-01,${end},,4.00,10
`;
    const one = await read(workspace, text('2026-03-01'));
    expect(await one.rows('spend_daily', 'spend_date, spend')).toEqual([{ spend_date: '2026-03-01', spend: '4.00' }]);
    const month = await read(workspace, text('2026-03-31'));
    expect(month.receipt).toMatchObject({ rejected: 1 });
    expect(month.receipt.rejects[0]).toMatchObject({
      line: 2,
      column: 'spend_date',
      shape: '9999-99-99..9999-99-99',
    });
  });

  it('takes the currency of a column, or what is declared, when the header has none', async () => {
    const column = await read(
      workspace,
      'Campaign name,Day,Amount spent,Currency,Impressions\nA,2026-03-01,1.50,SEK,10\n',
    );
    expect(await column.rows('spend_daily', 'currency')).toEqual([{ currency: 'SEK' }]);
    const declared = await read(workspace, 'Campaign name,Day,Amount spent,Impressions\nB,2026-03-01,1.50,10\n', {
      currency: 'NOK',
    });
    expect(await declared.rows('spend_daily', 'currency')).toEqual([{ currency: 'NOK' }]);
    const silent = await read(workspace, 'Campaign name,Day,Amount spent,Impressions\nC,2026-03-01,1.50,10\n');
    expect(silent.receipt.rejects[0]).toMatchObject({ column: 'currency', reason: 'is missing' });
  });
});
