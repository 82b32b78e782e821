import { raw } from 'hono/html';
import type { Table } from '../../pipeline/table.ts';
import { searchOf } from './asked.ts';
import { cellText } from './format.ts';
import type { Figure, Key, PageCall } from './page.ts';

/** Width of the drawing on a wide and on a narrow screen: two drawings, so that text never shrinks. */
export const WIDTHS = { wide: 840, narrow: 326 } as const;

/** Rows shown under a chart; the CSV has all. */
const TABLE_ROWS = 100;

export function FigureView({ figure, call, page }: { figure: Figure; call: PageCall; page: string }) {
  const { draw, table } = figure;
  const isEmpty = table.rows.length === 0;
  return (
    <figure class="figure" id={figure.id}>
      <Drawn figure={figure} isEmpty={isEmpty} />
      {isEmpty ? null : draw === undefined ? (
        <DataTable table={table} currency={call.currency} label={figure.title} links={figure.rowLinks} />
      ) : (
        <details>
          <summary>
            The same as a table<span class="hidden">: {figure.title}</span>
          </summary>
          <DataTable table={table} currency={call.currency} label={figure.title} links={figure.rowLinks} />
        </details>
      )}
      <p class="links">
        {isEmpty ? null : (
          <a href={csvLink(call, page, figure.id)}>
            CSV<span class="hidden"> of {figure.title}</span>
          </a>
        )}
        <a href={`${call.link('how')}#${figure.how}`}>
          How is this computed?<span class="hidden"> {figure.title}</span>
        </a>
      </p>
    </figure>
  );
}

/** Title, summary, drawing and notes: all but the table and the ways out. */
export function Drawn({ figure, isEmpty }: { figure: Figure; isEmpty: boolean }) {
  const { draw } = figure;
  return (
    <>
      <figcaption>
        <h2>{figure.title}</h2>
        <p class="summary">{figure.summary}</p>
      </figcaption>
      {draw === undefined || isEmpty ? null : (
        <>
          <div class="chart wide">{raw(named(draw(WIDTHS.wide), figure))}</div>
          <div class="chart narrow">{raw(named(draw(WIDTHS.narrow), figure))}</div>
          <Keys keys={figure.keys ?? []} />
        </>
      )}
      {(figure.notes ?? []).map((note) => (
        <p class="note">{note}</p>
      ))}
    </>
  );
}

export function csvLink(call: PageCall, page: string, figure: string): string {
  return `/w/${call.workspace}/${page === '' ? 'home' : page}/${figure}.csv${searchOf(call.asked)}`;
}

/** The drawing is one image to a reader who cannot see it; its words are the summary and the table. */
export function named(svg: string, figure: Figure): string {
  return svg.replace('<svg ', `<svg role="img" aria-label="${escaped(`${figure.title}. ${figure.summary}`)}" `);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function Keys({ keys }: { keys: readonly Key[] }) {
  if (keys.length === 0) return null;
  return (
    <ul class="keys">
      {keys.map((key) => (
        <li>
          <svg class={`key series-${key.series}`} viewBox="0 0 20 12" width="20" height="12" aria-hidden="true">
            {shapeOf(key.shape)}
          </svg>
          {key.label}
        </li>
      ))}
    </ul>
  );
}

function shapeOf(shape: Key['shape']) {
  switch (shape) {
    case 'circle':
      return <circle cx="10" cy="6" r="5" fill="currentColor" />;
    case 'square':
      return <rect x="5" y="1" width="10" height="10" fill="currentColor" />;
    case 'triangle':
      return <path d="M10 0.5L16 11.5H4Z" fill="currentColor" />;
    case 'diamond':
      return <path d="M10 0L16 6L10 12L4 6Z" fill="currentColor" />;
    case 'band':
      return <rect x="0" y="1" width="20" height="10" fill="currentColor" fill-opacity="0.3" />;
    case 'box':
      return <rect x="3" y="1" width="14" height="10" rx="2" fill="none" stroke="currentColor" stroke-width="1.5" />;
    case 'dashed-box':
      return (
        <rect
          x="3"
          y="1"
          width="14"
          height="10"
          rx="2"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-dasharray="3 2"
        />
      );
    case 'line':
      return <path d="M0 6H20" stroke="currentColor" stroke-width="3" />;
    case 'dashed':
      return <path d="M0 6H20" stroke="currentColor" stroke-width="3" stroke-dasharray="5 3" />;
  }
}

/** A table that scrolls in itself and can be reached by keyboard. */
export function DataTable({
  table,
  currency,
  label,
  links,
}: {
  table: Table;
  currency: string;
  label: string;
  links?: Figure['rowLinks'];
}) {
  const rows = table.rows.slice(0, TABLE_ROWS);
  return (
    <>
      <section class="scroll" aria-label={label} tabindex={0}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th scope="col" class={column.type === 'decimal' ? 'number' : undefined} title={column.formula}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr>
                {row.map((value, i) => {
                  const column = table.columns[i];
                  const address = links?.column === i ? (links.addresses[r] ?? null) : null;
                  const words = cellText(value, column, currency);
                  const text =
                    address === null ? (
                      words
                    ) : (
                      <a href={address} rel="noreferrer noopener external">
                        {words}
                      </a>
                    );
                  if (i === 0) return <th scope="row">{text}</th>;
                  return <td class={column.type === 'decimal' ? 'number' : undefined}>{text}</td>;
                })}
              </tr>
            ))}
          </tbody>
          {table.totals === null ? null : (
            <tfoot>
              <tr>
                {table.totals.map((value, i) => {
                  const column = table.columns[i];
                  if (i === 0) return <th scope="row">Total</th>;
                  return (
                    <td class={column.type === 'decimal' ? 'number' : undefined}>
                      {value === '' ? '' : cellText(value, column, currency)}
                    </td>
                  );
                })}
              </tr>
            </tfoot>
          )}
        </table>
      </section>
      {table.totalRows > rows.length ? (
        <p class="note">
          {rows.length} of {table.totalRows} rows are shown here.
        </p>
      ) : null}
    </>
  );
}
