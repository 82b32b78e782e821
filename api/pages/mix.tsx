import {
  type MixFinding,
  type MixRun,
  readMixDrivers,
  readMixFindings,
  readMixRun,
} from '../../pipeline/views/read-mix.ts';
import { FigureView } from './figure.tsx';
import { day, number, percent } from './format.ts';
import { Mark } from './marks.tsx';
import { carryFigure, experimentsFigure, parametersFigure, priorFigures } from './mix-belief.tsx';
import { driversFigure, fitFigure, returnsFigure, waterfallFigure } from './mix-figures.tsx';
import { responseFigures } from './mix-response.tsx';
import type { Page } from './page.ts';

const ID = 'mix';

export const mixPage: Page = {
  id: ID,
  title: 'Mix',
  about: 'What each driver added week by week, by one model of all of them.',
  filters: [],
  async make(call) {
    const run = await readMixRun(call.results);
    if (run === undefined || run.status !== 'ok')
      return {
        figures: [],
        body: <NoMix run={run} findings={run === undefined ? [] : await readMixFindings(call.results)} />,
      };
    const drivers = await readMixDrivers(call.results);
    const figures = [
      await waterfallFigure(call, run, drivers),
      driversFigure(run, drivers),
      returnsFigure(run, drivers),
      await fitFigure(call, run),
      ...(await responseFigures(call, run, drivers)),
      await carryFigure(call),
      ...priorFigures(drivers),
      await experimentsFigure(call, run),
      await parametersFigure(call, run),
    ].filter((figure) => figure !== undefined);
    return {
      figures,
      facts: { period: `${day(run.firstWeek)} to ${day(run.lastWeek)}`, model: 'mix' },
      body: (
        <>
          {run.isCurrent ? null : (
            <p class="error">
              The model is of earlier data: it was left standing by --only. <code>liftproof run</code> makes it anew.
            </p>
          )}
          <p>
            {day(run.firstWeek)} to {day(run.lastWeek)}, {number(run.weeks)} weeks
            {run.geos !== null && run.geos > 1 ? `, ${number(run.geos)} regions` : ''}. How series move together is no
            proof (evidence E); a registered study of grade A or B calibrates its driver and raises it to D. Intervals
            are {percent(run.level)} credible intervals.
          </p>
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          <h2>What to know before it is believed</h2>
          <Findings findings={await readMixFindings(call.results)} />
        </>
      ),
    };
  },
};

export function NoMix({ run, findings }: { run: MixRun | undefined; findings: readonly MixFinding[] }) {
  return (
    <div class="box is-warn">
      {run === undefined ? (
        <>
          <p>
            No mix model was asked for. It explains the sales of each week by everything that drives them and needs
            about two years of weeks, or several regions. Add this to liftproof.yaml, then run:
          </p>
          <pre>
            <code>{'mix: {}'}</code>
          </pre>
          <pre>
            <code>liftproof run</code>
          </pre>
        </>
      ) : (
        <>
          <p>
            <b>
              {run.status === 'refused'
                ? 'The mix model was not fitted.'
                : 'The mix model did not converge, so nothing of it is shown.'}
            </b>{' '}
            {run.message}
          </p>
          <Findings findings={findings.filter((finding) => finding.isPassed === false)} />
        </>
      )}
    </div>
  );
}

function Findings({ findings }: { findings: readonly MixFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="checks">
      {findings.map((finding) => (
        <li>
          <Mark state={finding.isPassed === null ? 'off' : finding.isPassed ? 'ok' : 'warn'} />
          <p>
            {finding.message} <code>{finding.code}</code>
          </p>
        </li>
      ))}
    </ul>
  );
}
