import { VERDICTS } from '../../models/evidence.ts';
import { headlineOf } from '../../pipeline/answer.ts';
import { makeTable, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import {
  readDraws,
  readEstimates,
  readGates,
  readPlaces,
  readPower,
  readSeries,
  readStudies,
  readWeights,
  type Study,
} from '../../pipeline/views/read-studies.ts';
import { searchOf } from './asked.ts';
import { drawBars, drawIntervalRows } from './charts/rows.ts';
import { Gates, Ladder } from './evidence.tsx';
import { FigureView } from './figure.tsx';
import { day, inPageWords, number, percent } from './format.ts';
import type { Figure, Page, PageCall } from './page.ts';
import { placeboFigure, powerFigure } from './study-draws.tsx';
import {
  CLAIM_WORDS,
  cumulativeFigure,
  formatOf,
  methodName,
  methodsFigure,
  seriesFigure,
  stripFigure,
} from './study-figures.tsx';
import { placesFigure } from './study-places.tsx';

const ID = 'studies';

export const studiesPage: Page = {
  id: ID,
  title: 'Studies',
  about: 'What was tested, what came out, and what tried to refute it.',
  filters: [],
  async make(call) {
    const studies = await readStudies(call.results);
    if (studies.length === 0) return { figures: [], body: <NoStudies /> };
    const asked = call.asked.study;
    const study =
      asked === undefined
        ? (headlineOf(studies) ?? studies.find((one) => one.value !== null) ?? studies[0])
        : studies.find((one) => one.id === asked);
    const overview = overviewFigures(studies);
    const details = study === undefined ? [] : await figuresOf(call, study);
    const gates = study === undefined ? [] : await readGates(call.results, study.id);
    return {
      figures: [...overview, ...details],
      body: (
        <>
          <h2>All claims of this run</h2>
          <p>
            {studies.length} {studies.length === 1 ? 'claim was' : 'claims were'} looked at; the best of many is partly
            lucky. Registered studies asked their question before the answer was seen; campaigns that nobody registered
            are read as before and after, and reach grade C at most.
          </p>
          <ul class="checks">
            {studies.map((one) => (
              <li>
                <span class="grade" title={`evidence ${one.grade}`}>
                  {one.grade}
                </span>
                <div>
                  <p>
                    <a
                      href={`/w/${call.workspace}/${ID}${searchOf({ ...call.asked, study: one.id })}#study`}
                      aria-current={one === study ? 'true' : undefined}
                    >
                      {one.study}: {CLAIM_WORDS[one.claim] ?? one.claim}
                    </a>{' '}
                    {one.isRegistered ? '' : '(not registered)'}
                  </p>
                  <p>{inPageWords(one.reason === null ? one.sentence : asSentence(one.reason), call.currency)}</p>
                </div>
              </li>
            ))}
          </ul>
          {overview.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          {study === undefined ? (
            <p class="error">There is no study {asked} in this run.</p>
          ) : (
            <section id="study">
              <h2>{study.study}</h2>
              <About study={study} currency={call.currency} />
              {details.map((figure) => (
                <FigureView figure={figure} call={call} page={ID} />
              ))}
              {gates.length === 0 ? null : (
                <>
                  <h2>What tried to refute it</h2>
                  <Gates gates={gates} />
                </>
              )}
              <h2>How far it can be believed</h2>
              <Ladder grade={study.grade} ceiling={study.gradeCeiling} />
            </section>
          )}
        </>
      ),
    };
  },
};

function About({ study, currency }: { study: Study; currency: string }) {
  const format = formatOf(study);
  const inWords = (text: string): string => inPageWords(text, currency);
  return (
    <div class="box">
      <p>{CLAIM_WORDS[study.claim] ?? study.claim}</p>
      <p>
        <b>{VERDICTS[study.word]}.</b> {inWords(study.reason === null ? withoutHead(study) : asSentence(study.reason))}
      </p>
      {study.paysSentence === null ? null : <p>{inWords(study.paysSentence)}</p>}
      <dl class="run">
        {study.startDate === null ? null : (
          <>
            <dt>Time that is looked at</dt>
            <dd>
              {day(study.startDate)} to {day(study.endDate)}
            </dd>
          </>
        )}
        {study.geos.length === 0 ? null : (
          <>
            <dt>Treated places</dt>
            <dd>{study.geos.join(', ')}</dd>
          </>
        )}
        {study.treatedUnits === null ? null : (
          <>
            <dt>Compared</dt>
            <dd>
              {number(study.treatedUnits)} treated with {number(study.controlUnits)} untreated, over{' '}
              {number(study.periods)} days
            </dd>
          </>
        )}
        {study.relative === null || study.relativeLo === null || study.relativeHi === null ? null : (
          <>
            <dt>As a share</dt>
            <dd>
              {signedPercent(study.relative)} ({signedPercent(study.relativeLo)} to {signedPercent(study.relativeHi)})
              of what would have been without it
            </dd>
          </>
        )}
        {study.minimumDetectableEffect === null ? null : (
          <>
            <dt>Smallest effect it could see</dt>
            <dd>{format(study.minimumDetectableEffect)}, in 80 % of cases</dd>
          </>
        )}
        {study.cheapestNextTest === null ? null : (
          <>
            <dt>To know more</dt>
            <dd>{inWords(study.cheapestNextTest)}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** A reason is a part of a sentence: it stands by itself here. */
function asSentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith('.') ? '' : '.'}`;
}

/** The sentence begins with its verdict, which stands before it in bold. */
function withoutHead({ word, sentence }: Study): string {
  const head = `${VERDICTS[word]}. `;
  return sentence.startsWith(head) ? sentence.slice(head.length) : sentence;
}

function signedPercent(share: number): string {
  return `${share < 0 ? '−' : '+'}${number(Math.abs(100 * share), 1)} %`;
}

/** One figure per unit: money and counts never share an axis. */
function overviewFigures(studies: readonly Study[]): Figure[] {
  const units = [...new Set(studies.filter((one) => one.value !== null).map((one) => one.unit))];
  return units.map((unit) => {
    const rows = studies.filter((one) => one.unit === unit && one.value !== null);
    const format = formatOf(rows[0]);
    const sure = rows.filter((one) => one.lo !== null && one.hi !== null && (one.lo > 0 || one.hi < 0));
    return {
      id: unit === 'count' ? 'claims-count' : 'claims-money',
      title: unit === 'count' ? 'All claims that are counted' : 'All claims in money',
      summary: `Of ${rows.length} ${rows.length === 1 ? 'claim' : 'claims'}, ${sure.length} ${sure.length === 1 ? 'has' : 'have'} an interval that leaves out zero.`,
      draw: (width) =>
        drawIntervalRows(
          rows.map((one) => ({
            label: `${one.grade} ${one.id}`,
            value: one.value!,
            lo: one.lo,
            hi: one.hi,
            text:
              one.lo === null || one.hi === null
                ? `${format(one.value!)}, no interval`
                : `${format(one.value!)} (${format(one.lo)} to ${format(one.hi)})`,
            isWeak: !one.isRegistered,
          })),
          { width, marks: [{ x: 0, label: 'no effect' }], format },
        ),
      keys: [
        { label: 'registered before it was looked at', series: 1, shape: 'circle' },
        { label: 'not registered', series: 'muted', shape: 'diamond' },
      ],
      table: makeTable(
        [
          textColumn('id', 'Claim'),
          textColumn('grade', 'Evidence'),
          { id: 'value', label: 'Estimate', type: 'decimal', scale: 2, unit },
          { id: 'lo', label: 'low', type: 'decimal', scale: 2, unit },
          { id: 'hi', label: 'high', type: 'decimal', scale: 2, unit },
          ratioColumn('level', 'Level', 2),
          { id: 'shrunkenValue', label: 'Drawn to the mean of all', type: 'decimal', scale: 2, unit },
          ratioColumn('pValue', 'p', 4),
          ratioColumn('qValue', 'q after counting all', 4),
        ],
        rows.map((row) => ({ ...row })),
      ),
      how: 'studies',
      notes: ['The letter is the grade of evidence. Effects of different windows and places are not to be added up.'],
    };
  });
}

async function figuresOf(call: PageCall, study: Study): Promise<Figure[]> {
  if (study.method === null) return [];
  const days = await readSeries(call.results, study);
  const weights = (await readWeights(call.results, study.id, study.method)).filter((one) => one.kind === 'unit');
  return [
    stripFigure(study),
    placesFigure(await readPlaces(call.results, study.id), weights),
    methodsFigure(study, await readEstimates(call.results, study.id)),
    seriesFigure(study, days),
    cumulativeFigure(study, days),
    weightsFigure(study, weights),
    ...(study.value === null
      ? []
      : [
          placeboFigure(study, await readDraws(call.results, study.id)),
          powerFigure(study, await readPower(call.results, study.id)),
        ]),
  ].filter((figure) => figure !== undefined);
}

function weightsFigure(study: Study, weights: readonly { name: string; weight: number }[]): Figure | undefined {
  const held = weights.filter((one) => Math.abs(one.weight) > 0.001);
  if (held.length === 0) return undefined;
  return {
    id: 'weights',
    title: 'What it is compared with',
    summary: `The comparison of ${methodName(study.method ?? '')} is made of ${held.length} untreated ${held.length === 1 ? 'place' : 'places'}; ${held[0].name} weighs most, ${percent(held[0].weight)}.`,
    draw: (width) =>
      drawBars(
        held.slice(0, 20).map((one) => ({ label: one.name, value: one.weight, text: percent(one.weight) })),
        { width, format: (value) => percent(value) },
      ),
    table: makeTable(
      [textColumn('name', 'Place'), ratioColumn('weight', 'Weight')],
      weights.map((one) => ({ ...one })),
    ),
    how: 'studies',
  };
}

export function NoStudies() {
  return (
    <div class="box">
      <p>
        No study is registered. A study says beforehand which places or days are treated and how the answer is read;
        then each run measures it.
      </p>
      <p>Plan one, then write it into liftproof.yaml under studies:</p>
      <pre>
        <code>{'liftproof plan posting --help\nliftproof plan geo --help'}</code>
      </pre>
    </div>
  );
}
