export { type AttributeOptions, attributePaths, attributionResult, attributionUnits } from './attribute-paths.ts';
export { attributeTimed, type TimedOptions } from './attribute-timed.ts';
export {
  type AttributionResult,
  type ChannelCredit,
  type CostInterval,
  DEFAULT_REPLICATES,
  type IntervalOptions,
} from './attribution-result.ts';
export { type BootstrapDraws, bootstrapDraws, bootstrapInterval, checkReplicates, drawsOf } from './bootstrap.ts';
export { type BucketSums, bucketDraws, transitionSlots, transitionsOfSums } from './bucket-bootstrap.ts';
export { checkPaths } from './check-paths.ts';
export {
  type ComparedChannel,
  type CompareOptions,
  compareModels,
  type ModelComparison,
  type Spread,
} from './compare.ts';
export type { Credit, PreparedModel } from './credit.ts';
export { conversionProbability, fitLearnedDecay, type LearnedDecay } from './learned-decay.ts';
export { prepareMarkov, solveMarkov } from './markov.ts';
export { mergePaths } from './merge-paths.ts';
export { chooseOrder, type OrderChoice, type OrderChoiceOptions, type OrderScore } from './order-choice.ts';
export { type PathSum, type PathTable, type PathTableOptions, type PathTableRow, pathTable } from './path-table.ts';
export { milestoneWeights, positionWeights, timeDecayWeights } from './position-weights.ts';
export {
  ATTRIBUTION_MODELS,
  type AttributionModel,
  attributionModels,
  type ModelOptions,
  type ModelRequest,
  PATH_MODELS,
  prepareModel,
  TIMED_MODELS,
} from './registry.ts';
export { type ResampleUnits, resampleUnits } from './resample.ts';
export { type SequenceEffect, type SequenceEffects, type SequenceOptions, sequenceEffects } from './sequences.ts';
export { orderedShapley } from './shapley.ts';
export { pathsOfTimed, type TimedJourneys, timeDecayCredit } from './timed-journeys.ts';
export { type PathTransform, transformPaths } from './transforms.ts';
export { countTransitions, type TransitionCounts } from './transitions.ts';
