import { VERDICTS, type VerdictWord } from '../../models/evidence.ts';
import { answerQuestion, type VerdictAnswer } from '../../pipeline/answer.ts';
import { makeTable, moneyColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { readModelCredit } from '../../pipeline/views/read-models.ts';
import { readCoverage } from '../../pipeline/views/read-quality.ts';
import { readEstimates, readGates, readSeries, readStudies, type Study } from '../../pipeline/views/read-studies.ts';
import { searchOf } from './asked.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { Gates, Ladder } from './evidence.tsx';
import { FigureView } from './figure.tsx';
import { inPageWords, listed, money, nameOf, number, percent, shortMoney } from './format.ts';
import { Mark } from './marks.tsx';
import type { Figure, Page, PageCall } from './page.ts';
import { leftOverFigure, payFigure } from './pay-figure.tsx';
import { SOCIAL_CHANNELS } from './social.ts';
import { CLAIM_WORDS, formatOf, methodsFigure, seriesFigure, stripFigure } from './study-figures.tsx';

export const homePage: Page = {
  id: '',
  title: 'Did it sell?',
  about: 'Did social engagement sell anything, and how sure are we?',
  filters: [],
  async make(call) {
    const answer = await answerQuestion(call.results);
    const studies = await readStudies(call.results);
    const study = studies.find((one) => one.id === answer.headline?.study_id);
    return study === undefined ? withoutStudy(call, answer) : withStudy(call, answer, study, studies);
  },
};

export const TONE: Readonly<Record<VerdictWord, string>> = {
  cannot_tell_yet: '',
  cost_sales: 'is-bad',
  yes: 'is-good',
  probably: 'is-good',
  perhaps: 'is-warn',
  no_useful_effect: 'is-warn',
  cannot_tell: '',
};

/** The same object as `liftproof answer` prints, so that page and shell say the same. */
export function Verdict({ answer, currency }: { answer: VerdictAnswer; currency: string }) {
  const { word, scope } = answer;
  const inWords = (text: string): string => inPageWords(text, currency);
  const sentence = inWords(answer.sentence);
  const pays = answer.pays_sentence === null ? null : inWords(answer.pays_sentence);
  const head = `${VERDICTS[word]}.`;
  return (
    <section class={`verdict ${TONE[word]}`} aria-label="Verdict">
      <p class="word">{head}</p>
      <p class="sentence">{sentence.startsWith(head) ? sentence.slice(head.length).trim() : sentence}</p>
      {scope === null ? null : <p>{scope}</p>}
      {pays === null ? null : (
        <p>
          <b>Does it pay?</b> {pays}
        </p>
      )}
    </section>
  );
}

async function withStudy(call: PageCall, answer: VerdictAnswer, study: Study, studies: readonly Study[]) {
  const { results } = call;
  const format = formatOf(study);
  const gates = await readGates(results, study.id);
  const days = await readSeries(results, study);
  const strip = stripFigure(study);
  const methods = methodsFigure(study, await readEstimates(results, study.id));
  const series = seriesFigure(study, days);
  const pay = payFigure(study);
  const left = leftOverFigure(study);
  const others = studies.filter((one) => one !== study);
  const view = (figure: Figure | undefined) =>
    figure === undefined ? null : <FigureView figure={figure} call={call} page="" />;
  return {
    figures: [strip, methods, series, pay, left].filter((figure) => figure !== undefined),
    body: (
      <>
        <Verdict answer={answer} currency={call.currency} />
        <p class="note">
          From the study{' '}
          <a href={`/w/${call.workspace}/studies${searchOf({ ...call.asked, study: study.id })}#study`}>
            {study.study}
          </a>
          : {CLAIM_WORDS[study.claim] ?? study.claim}{' '}
          {study.isRegistered ? 'It was registered before it was looked at.' : 'Nobody registered it beforehand.'}{' '}
          {others.length === 0 ? null : (
            <>
              {others.length} more {others.length === 1 ? 'claim' : 'claims'} of this run:{' '}
              <a href={call.link('studies')}>all studies</a>.
            </>
          )}
        </p>
        {view(strip)}
        <h2>How far can this be believed?</h2>
        <p>
          Evidence <b>{study.grade}</b>
          {study.gatesRun === null
            ? ''
            : `: ${study.gatesPassed} of ${study.gatesRun} tests that tried to refute it passed`}
          . The grade limits the words that this page may use.
        </p>
        <Ladder grade={study.grade} ceiling={study.gradeCeiling} />
        {view(methods)}
        {view(series)}
        <section class="box" id="power">
          <h2>What we could have seen</h2>
          <p>
            {study.minimumDetectableEffect === null
              ? 'How small an effect this test could have found is not known for this method.'
              : `A test of this size finds an effect of ${format(study.minimumDetectableEffect)} or more in 80 % of cases; a smaller one may be there and stay unseen.`}
          </p>
          {answer.next_test === null ? null : (
            <p>
              <b>Cheapest next test:</b> {inPageWords(answer.next_test, call.currency)}
            </p>
          )}
          <p class="links">
            <a href={`${call.link('how')}#power`}>How is this computed?</a>
          </p>
        </section>
        <h2>Checks</h2>
        <Gates gates={gates} />
        <DataChecks call={call} />
        {view(pay)}
        {view(left)}
        <Claims answer={answer} call={call} />
      </>
    ),
  };
}

/** What posts do to engagement says nothing about sales: each question has its own answer. */
function Claims({ answer, call }: { answer: VerdictAnswer; call: PageCall }) {
  return (
    <section id="claims">
      <h2>The questions, kept apart</h2>
      <ul class="checks">
        {answer.claims.map(({ title, answers, missing }) => (
          <li>
            <span class="grade">{answers[0]?.grade ?? '–'}</span>
            <div>
              <p>
                <b>{title}</b>
              </p>
              {missing === null ? null : <p>{missing}</p>}
              {answers.map((one) => (
                <p>
                  {inPageWords(one.sentence, call.currency)}{' '}
                  <a href={`/w/${call.workspace}/studies${searchOf({ ...call.asked, study: one.study_id })}#study`}>
                    {one.study_id}
                  </a>
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {answer.unregistered.length === 0 ? null : (
        <p>
          {answer.unregistered.length} more {answer.unregistered.length === 1 ? 'campaign was' : 'campaigns were'} read
          as before and after without having been registered; that never makes the headline.{' '}
          <a href={call.link('studies')}>All studies</a>
        </p>
      )}
    </section>
  );
}

function DataChecks({ call }: { call: PageCall }) {
  const { checks } = call.results.manifest;
  const broken = checks.filter((check) => check.broken > 0);
  return (
    <ul class="checks">
      <li>
        <Mark
          state={broken.length === 0 ? 'ok' : broken.some((check) => check.severity === 'error') ? 'bad' : 'warn'}
        />
        <p>
          <b>Do the checks of the data hold?</b> {checks.length - broken.length} of {checks.length} checks hold
          {broken.length === 0 ? '' : `; look at ${listed(broken.map((check) => check.check))}`}.{' '}
          <a href={call.link('trust')}>Trust</a>
        </p>
      </li>
    </ul>
  );
}

/** Without a measured study there is no answer, and the page says what is missing. Credit stands below it, as an association. */
async function withoutStudy(call: PageCall, answer: VerdictAnswer) {
  const { results, currency, shown } = call;
  const coverage = await readCoverage(results);
  const orders = coverage.orders.find((row) => row.measure === 'conversions')?.count ?? 0;
  const dark = coverage.orders
    .filter((row) => row.measure === 'followed to no touch' || row.measure.startsWith('seen, but'))
    .reduce((sum, row) => sum + row.count, 0);
  const credit = (await readModelCredit(results)).filter((row) => row.model === shown.model);
  const social = credit.filter((row) => SOCIAL_CHANNELS.some((channel) => channel === row.channel));
  const revenue = social.reduce((sum, row) => sum + row.revenue, 0);
  const figure: Figure | undefined =
    social.length === 0
      ? undefined
      : {
          id: 'social-credit',
          title: 'What social channels are credited with',
          summary: `Social channels stood before ${shortMoney(revenue, currency)} of net revenue under ${nameOf(shown.model)}. This is an association: it is associated with those sales, and proves none of them.`,
          draw: (width) =>
            drawIntervalRows(
              social.map((row) => ({
                label: row.channel,
                value: row.revenue,
                lo: row.revenueLo,
                hi: row.revenueHi,
                text:
                  row.revenueLo === null || row.revenueHi === null
                    ? `${shortMoney(row.revenue, currency)}, no interval`
                    : `${shortMoney(row.revenue, currency)} (${shortMoney(row.revenueLo, currency)} to ${shortMoney(row.revenueHi, currency)})`,
                isWeak: row.isFew,
              })),
              { width, marks: [{ x: 0, label: '0' }], format: (value) => shortMoney(value, currency) },
            ),
          table: makeTable(
            [
              textColumn('channel', 'Channel'),
              moneyColumn('revenue', 'Revenue, net', results),
              moneyColumn('revenueLo', 'low', results),
              moneyColumn('revenueHi', 'high', results),
            ],
            social.map((row) => ({ ...row })),
          ),
          how: 'credit',
          notes: ['Evidence E. The interval holds the luck of who came, not the sales that would have come anyway.'],
        };
  return {
    figures: figure === undefined ? [] : [figure],
    body: (
      <>
        <Verdict answer={answer} currency={call.currency} />
        <section class="box">
          <h2>What is missing</h2>
          <ul>
            {orders === 0 ? (
              <li>
                Orders of the shop: <code>liftproof ingest orders.csv</code>
              </li>
            ) : null}
            <li>
              A study: places or weeks that are left without posts or ads on purpose, or a schedule of posting drawn by
              lot. <code>liftproof plan posting</code> and <code>liftproof plan geo</code> say how long it must run and
              what it can see.
            </li>
            <li>
              Its registration under <code>studies:</code> in liftproof.yaml; every run then measures it, and this page
              answers.
            </li>
          </ul>
        </section>
        <h2>How far can credit be believed?</h2>
        <Ladder grade="E" ceiling="E" />
        {figure === undefined ? null : <FigureView figure={figure} call={call} page="" />}
        {orders === 0 ? null : (
          <p>
            {percent(dark / orders)} of {number(orders)} orders could not be followed to a known channel at all;{' '}
            {money(credit.find((row) => row.channel === '(unattributed)')?.revenue.toFixed(2) ?? '0', currency)} of net
            revenue is credited to nobody. <a href={`${call.link('trust')}#dark`}>What could be followed</a>
          </p>
        )}
        <h2>Checks</h2>
        <DataChecks call={call} />
        <Claims answer={answer} call={call} />
      </>
    ),
  };
}
