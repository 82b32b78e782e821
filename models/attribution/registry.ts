import { InputError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import type { PreparedModel } from './credit.ts';
import { prepareMarkov } from './markov.ts';
import { prepareRule, type RuleOptions } from './rules.ts';
import { prepareShapley } from './shapley.ts';
import { prepareShapleyRate, type ShapleyRateOptions } from './shapley-rate.ts';

/** Every attribution model of the product, in the order in which they are shown. */
export const ATTRIBUTION_MODELS = [
  'first_touch',
  'last_touch',
  'last_non_direct',
  'linear',
  'position_based',
  'time_decay',
  'markov',
  'shapley',
  'shapley_ordered',
  'shapley_rate',
  'learned_decay',
] as const;

export type AttributionModel = (typeof ATTRIBUTION_MODELS)[number];

/** Models that need the time of each touch, which bare paths do not have. */
export const TIMED_MODELS = ['time_decay', 'learned_decay'] as const satisfies readonly AttributionModel[];

/** Models that bare paths suffice for. */
export const PATH_MODELS: readonly AttributionModel[] = ATTRIBUTION_MODELS.filter(
  (model) => !(TIMED_MODELS as readonly string[]).includes(model),
);

export interface ModelOptions extends RuleOptions {
  /** order of `markov`, >= 1; default 1 */
  order?: number;
  /** half-life of `time_decay`, > 0; default 7 */
  halfLifeDays?: number;
  /** options of `shapley_rate` */
  shapleyRate?: ShapleyRateOptions;
}

/** One model with its options, as plain data that can travel to a worker thread. */
export interface ModelRequest extends ModelOptions {
  model: AttributionModel;
}

/** The model and its options, apart from everything else that travels with them. */
export function requestOf(options: ModelRequest): ModelRequest {
  const { model, order, direct, position, halfLifeDays, shapleyRate } = options;
  return { model, order, direct, position, halfLifeDays, shapleyRate };
}

/** Model id -> function that binds the model to paths. */
export const attributionModels: Readonly<
  Record<AttributionModel, (paths: Paths, options: ModelOptions) => PreparedModel>
> = {
  first_touch: (paths, options) => prepareRule(paths, 'first_touch', options),
  last_touch: (paths, options) => prepareRule(paths, 'last_touch', options),
  last_non_direct: (paths, options) => prepareRule(paths, 'last_non_direct', options),
  linear: (paths, options) => prepareRule(paths, 'linear', options),
  position_based: (paths, options) => prepareRule(paths, 'position_based', options),
  time_decay: () => needsTimes('time_decay'),
  markov: (paths, options) => prepareMarkov(paths, { order: options.order }),
  shapley: (paths) => prepareShapley(paths),
  // the same credit per channel; positions are told apart by `orderedShapley`
  shapley_ordered: (paths) => prepareShapley(paths),
  shapley_rate: (paths, options) => prepareShapleyRate(paths, options.shapleyRate),
  learned_decay: () => needsTimes('learned_decay'),
};

/**
 * @throws InputError `unknown_name` for a model that does not exist, `bad_paths` for one that needs times,
 *         `bad_parameter` for an option outside its range
 */
export function prepareModel(paths: Paths, request: ModelRequest): PreparedModel {
  const prepare = attributionModels[request.model];
  if (prepare === undefined) {
    throw new InputError(
      'unknown_name',
      `model ${request.model} does not exist; give one of ${ATTRIBUTION_MODELS.join(', ')}`,
    );
  }
  return prepare(paths, request);
}

function needsTimes(model: AttributionModel): never {
  throw new InputError(
    'bad_paths',
    `${model} needs the time of every touch, and bare paths hold only their order; run it in a workspace, or give timed journeys`,
  );
}
