import { METRICS } from '../../pipeline/metrics.ts';
import type { Page } from './page.ts';

/** How each figure is made. A figure names one of these. */
export const METHODS = {
  credit: {
    title: 'Credit of channels and campaigns',
    text: [
      'Each order is shared out over the touches before it, in the windows that the foot of each page names. The model says how: the first touch, the last, all alike, more to the ends, or more to the newest. Shares of an order add up to the order, and its money is split to the cent.',
      'Credit says who was there before the sale. It does not say what would have been sold without them: people who were going to buy anyway click, too. That is why it stands at rung E of the evidence ladder, whatever the model.',
      'Orders that no touch reached, or that were reached only by direct and unknown visits, stand as (unattributed). Totals always include them.',
    ],
  },
  intervals: {
    title: 'Intervals of credit and the spread between models',
    text: [
      'The interval of a channel comes from drawing the persons again, many times, and sharing out their orders anew (a Poisson bootstrap). It holds the luck of who happened to come; it does not hold what no model sees.',
      'The spread puts every model beside the others on the same journeys. Where the highest is more than twice the lowest, the choice of model decides, not the data.',
    ],
  },
  money: {
    title: 'Revenue, spend and ratios',
    text: [
      'Revenue is goods less discounts; tax, shipping, tips and gift cards are not in it. Net revenue also takes off refunds, on the day of their order or on their own day, as the basis says. Foreign money is changed at the rate of its day.',
      'Ratios are made from the unrounded sums, never summed or averaged. Where there is nothing to divide by stands –, not 0.',
    ],
  },
  paths: {
    title: 'Paths',
    text: [
      'A path is the list of channels that a person touched before an order, oldest first, within the windows. A journey starts again after an order. Paths of few persons are summed, so that nobody can be recognised.',
      'Closing means that the channel was the last step; assisting means that it stood in the path, but not last.',
    ],
  },
  lags: {
    title: 'Time from touch to order',
    text: [
      'The time from the first touch of a channel in a journey to its order. Only touches with a time of their own count: a code or a link that stands in the order itself is of the same instant, and says nothing of how long it took. Direct visits take no part.',
      'A step of time that too few persons took lies together with its neighbours, so that nobody can be recognised; a channel of too few persons is left out. What is older than the window is not looked at, so long times are missing, not absent.',
    ],
  },
  posts: {
    title: 'Posts and engagement',
    text: [
      'Engagements are reactions, comments, shares and saves, added up from their parts: what each tool calls "engagements" means something else.',
      'A visit that names its post gives that post all of its credit. A visit or an order of a campaign is shared over the posts of the campaign by the engagement in the days before it, weighted by kind and by age. All of it is credit.',
      'Credited revenue per 1 000 engagements is credited net revenue over engagements. It is no effect of engagement on sales; only a study can tell that.',
    ],
  },
  coverage: {
    title: 'What could be followed',
    text: [
      'Each order is counted at the strongest way in which a touch was matched to it: the same person, the order itself (a code, a link, a referrer in the order), the window of a campaign. The rest was seen only on direct or unknown visits, or not at all: the dark share.',
    ],
  },
  checks: {
    title: 'Checks of the data',
    text: [
      'Every run asks the data a list of questions: do amounts add up, does credit add up to one, is a refund within its order, does a touch stand before its order. A broken error stops the run, and the earlier one stays; a broken warning is shown.',
    ],
  },
  freshness: {
    title: 'Freshness',
    text: [
      'The time at which the newest file of a source was exported, as the file or its loader says. It is not the time at which it was loaded.',
    ],
  },
  evidence: {
    title: 'The evidence ladder and the words',
    text: [
      'Each incremental number carries a grade: A randomised test, B comparison with untreated places that survived every test that tried to refute it, C the same with a test that failed or could not run, D a mix model calibrated on an A or B result, E association (path credit), X inconclusive. The grade is the best that the design can reach, less what its tests cost, and it limits the words.',
      'The word of the verdict is chosen by rule, the first that holds: "We cannot tell yet" when a gate such as freshness or convergence fails; "It cost sales" when the chance of an effect above zero is at most 5 % at grade A or B; "Yes" from 95 % at A or B; "Probably" from 80 % at A, B or D; "Perhaps" from 80 % at C; "No useful effect" when even the best case does not pay back; else "We cannot tell". Credit alone never rises above that.',
    ],
  },
  studies: {
    title: 'Studies',
    text: [
      'A study compares what was sold where and when something was done with what would have been sold without it, estimated from places or persons that were left alone and from the time before. The registered method gives the headline; the others stand beside it.',
      'Tests then try to refute it: does the method show an effect where nothing happened, do untouched places move as much, does the answer hang on one place. The interval is that of the registered method; 90 % means that nine in ten such intervals hold the truth.',
    ],
  },
  power: {
    title: 'What we could have seen',
    text: [
      'The minimum detectable effect is the smallest total effect that a study of this size would have found in 80 % of cases. An effect below it is not shown to be absent: the study was too small to see it.',
    ],
  },
  calibration: {
    title: 'Trials of the intervals',
    text: [
      'An interval of 90 % should hold the truth nine times in ten. That can be counted only where the truth is known: in weeks that the mix model did not see, in places and times of your own data where nothing was done (the test must not cry wolf more than one time in ten), and where an effect of known size is added to the data (the interval must hold it).',
      'The bar shows where chance alone would put the share in so many trials, two binomial errors around what was stated. A share below it means that the intervals are too narrow.',
      'A backtest reads earlier windows as if the study had happened then. What it shows there is the noise that the method takes for an effect.',
    ],
  },
  mix: {
    title: 'The mix model',
    text: [
      'One Bayesian model explains sales by week or day from trend, season, price and every driver, paid and organic, with carry-over in time and diminishing return. It is an association unless a study calibrates it; then it may reach grade D.',
      'Each number is a posterior mean with its credible interval. Beyond the spend that was ever seen the response is extrapolated, and shaded.',
    ],
  },
  finance: {
    title: 'Finance',
    text: [
      'The bridge starts from the net revenue of the ledger and explains, step by step, how it becomes what was attributed. What no step explains must be 0.00.',
    ],
  },
  plan: {
    title: 'Plans of tests',
    text: [
      'A design is tried on the past: places are treated on paper in windows of the history in which nothing was done, a lift is planted, and the very test that will read the result is asked whether it finds it. Power is the share of windows in which it does. What is read there when nothing was planted says how often the test cries wolf.',
      'For a posting schedule the blocks are drawn again many times over the history. For users there is a formula: the number grows with the square of the standard deviation over the lift.',
      'History with tests in it makes plans look worse than they are; the API takes the days to learn from.',
    ],
  },
  admin: {
    title: 'Keys, jobs and audit',
    text: [
      'A key is kept as a hash with a pepper and can be shown only when it is made. Each entry of the audit log holds the hash of the one before it, so that nothing can be changed, moved or taken away unseen; the page counts the chain again each time.',
      'A file is known by the SHA-256 of its bytes: loading the same file twice adds nothing.',
    ],
  },
} as const satisfies Record<string, { title: string; text: readonly string[] }>;

export type Method = keyof typeof METHODS;

export const howPage: Page = {
  id: 'how',
  title: 'How it is computed',
  about: 'What each figure means, and how each number is made.',
  filters: [],
  async make() {
    return {
      figures: [],
      body: (
        <>
          {Object.entries(METHODS).map(([id, { title, text }]) => (
            <section id={id}>
              <h2>{title}</h2>
              {text.map((paragraph) => (
                <p>{paragraph}</p>
              ))}
            </section>
          ))}
          <section id="metrics">
            <h2>Metrics and their formulas</h2>
            <section class="scroll" aria-label="Metrics" tabindex={0}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Metric</th>
                    <th scope="col">Formula</th>
                    <th scope="col">Id in the API</th>
                    <th scope="col">Version</th>
                  </tr>
                </thead>
                <tbody>
                  {METRICS.map((metric) => (
                    <tr>
                      <th scope="row">{metric.label}</th>
                      <td>{metric.formula}</td>
                      <td>
                        <code>{metric.id}</code>
                      </td>
                      <td>{metric.version}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </section>
        </>
      ),
    };
  },
};
