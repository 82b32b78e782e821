import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { InputError } from '../../models/errors.ts';
import { OUTCOMES } from '../../pipeline/config-studies.ts';
import { appendAudit } from '../../pipeline/control/audit.ts';
import { countQueued } from '../../pipeline/control/jobs.ts';
import { planSchema } from '../../pipeline/plans/plan-schema.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { MAX_QUEUED_PLANS } from '../routes/plans.ts';
import { type FormCall, fieldsOf, traceOf } from './forms.ts';
import type { PageCall } from './page.ts';

const OUTCOME_WORDS: Readonly<Record<(typeof OUTCOMES)[number], string>> = {
  revenue_net: 'revenue, net',
  orders: 'orders',
  new_customers: 'new customers',
  engagements: 'engagements',
  sessions: 'sessions',
};

/** A form for each kind of test. */
export function PlanForms({ call }: { call: PageCall }) {
  return (
    <section class="box" id="new">
      <h2>Plan another</h2>
      <PlanForm call={call} design="geo" title="Some places get it, others do not" button="Try places">
        <Outcome />
        <Field label="Days to try" name="durations_days" value="14, 28" help="parted by commas" />
        <Field label="Lift to find, %" name="target" value="5" type="number" />
        <Field label="Numbers of places to treat" name="sizes" value="1, 2, 3" />
        <Field label="Places that must be treated" name="include" isOptional />
        <Field label="Places that must not" name="exclude" isOptional />
      </PlanForm>
      <PlanForm
        call={call}
        design="posting"
        title="Posts are held back in some weeks, by coin"
        button="Draw a schedule"
      >
        <Outcome />
        <Field label="Blocks (even)" name="blocks" value="8" type="number" />
        <Field label="Days of a block" name="block_days" value="7" type="number" />
        <Field label="First days not read" name="washout_days" value="1" type="number" />
        <Field label="Places" name="regions" isOptional help="all that have enough history, when empty" />
      </PlanForm>
      <PlanForm call={call} design="users" title="Some users get it, drawn by lot" button="Count users">
        <Field label="Mean per user" name="mean" type="number" />
        <Field label="Standard deviation" name="sd" type="number" />
        <Field label="Lift to find, %" name="lift" value="5" type="number" />
        <Field label="New users a day" name="users_per_day" type="number" isOptional />
      </PlanForm>
    </section>
  );
}

function PlanForm({
  call: { workspace, session },
  design,
  title,
  button,
  children,
}: {
  call: PageCall;
  design: string;
  title: string;
  button: string;
  children?: Child;
}) {
  return (
    <details>
      <summary>{title}</summary>
      <form method="post" action={`/w/${workspace}/plans`} class="fields">
        <input type="hidden" name="csrf_token" value={session.csrf ?? ''} />
        <input type="hidden" name="design" value={design} />
        {children}
        <button type="submit">{button}</button>
      </form>
    </details>
  );
}

function Field({
  label,
  name,
  value,
  type = 'text',
  help,
  isOptional,
}: {
  label: string;
  name: string;
  value?: string;
  type?: 'text' | 'number';
  help?: string;
  isOptional?: boolean;
}) {
  return (
    <label>
      {label}
      {isOptional ? ' (may be empty)' : ''}
      <input
        name={name}
        type={type}
        value={value}
        required={!isOptional}
        step={type === 'number' ? 'any' : undefined}
        placeholder={help}
        maxlength={500}
      />
    </label>
  );
}

function Outcome() {
  return (
    <label>
      Outcome
      <select name="outcome">
        {OUTCOMES.map((outcome) => (
          <option value={outcome}>{OUTCOME_WORDS[outcome]}</option>
        ))}
      </select>
    </label>
  );
}

const NUMBERS = ['blocks', 'block_days', 'washout_days', 'mean', 'sd', 'users_per_day'];
/** written as percent, told as shares */
const PERCENTS = ['target', 'lift'];
const NUMBER_LISTS = ['durations_days', 'sizes'];
const NAME_LISTS = ['include', 'exclude', 'regions'];

/** Queues what a form of plans asks. @throws InputError */
export async function takePlanStep(c: Context, call: FormCall): Promise<undefined> {
  const { control, jobs, workspace } = call;
  if (jobs === undefined) throw new InputError('usage', 'this server does no jobs; plan on one that does');
  const field = await fieldsOf(c);
  const asked: Record<string, unknown> = { design: field('design') };
  const parts = (name: string): string[] =>
    field(name)
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const take = (names: readonly string[], read: (name: string) => unknown): void => {
    for (const name of names) if (field(name).trim() !== '') asked[name] = read(name);
  };
  take(NUMBERS, (name) => Number(field(name)));
  take(PERCENTS, (name) => Number(field(name)) / 100);
  take(NUMBER_LISTS, (name) => parts(name).map(Number));
  take(NAME_LISTS, parts);
  take(['outcome'], field);
  const plan = parseWith(planSchema, asked, 'the plan');
  if ((await countQueued(control.db, workspace, 'plan')) >= MAX_QUEUED_PLANS)
    throw new InputError('usage', `${MAX_QUEUED_PLANS} plans wait already; ask again when one is done`);
  const traced = traceOf(c, call);
  const job = await jobs.submit('plan', plan, { actor: traced.actor });
  const details = { design: plan.design };
  await appendAudit(control.db, { ...traced, action: 'plan.request', object: `job/${job.id}`, details });
  return undefined;
}
