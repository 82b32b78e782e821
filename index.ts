// The library door: everything the shell does, and every model on plain data.

export {
  type ApiAnswer,
  type ApiCatalog,
  type ApiInvitation,
  type ApiJob,
  type ApiManifest,
  type ApiMember,
  type ApiMemberRequest,
  type ApiPlan,
  ApiProblem,
  type ApiQuery,
  type ApiReport,
  type ApiShareLink,
  type ApiShareLinkRequest,
  type Client,
  type ClientOptions,
  createClient,
} from './api/client.ts';
export * from './models/attribution/index.ts';
export { InputError, type InputErrorCode } from './models/errors.ts';
export { DEFAULT_LEVEL, type Estimate, type Interval } from './models/estimate.ts';
export { allowedWords, gradeClaim, saleVerdict, VERDICTS, verdictSentence } from './models/evidence.ts';
export { type BstsOptions, type BstsResult, bsts, type InterventionSeries } from './models/lift/bsts.ts';
export { type GeoDesignOptions, type GeoPlan, geoDesign } from './models/lift/design-geo.ts';
export { type UserDesign, type UserDesignOptions, userDesign, userMde } from './models/lift/design-users.ts';
export { breakEven, incrementalityFactor, iroas } from './models/lift/economics.ts';
export { type ExperimentClaim, type ExperimentClaimOptions, experimentClaim } from './models/lift/experiment-claim.ts';
export {
  LIFT_METHODS,
  type LiftMethod,
  type LiftOptions,
  liftReplicates,
  measureLift,
} from './models/lift/index.ts';
export type { LiftResult } from './models/lift/lift-result.ts';
export { type PanelClaim, type PanelClaimOptions, panelClaim } from './models/lift/panel-claim.ts';
export { postingRows, postingSchedule } from './models/lift/posting-schedule.ts';
export { seriesClaim } from './models/lift/series-claim.ts';
export { type StaggeredClaim, type StaggeredClaimOptions, staggeredClaim } from './models/lift/staggered-claim.ts';
export { type GroupSeries, type TbrOptions, type TbrResult, tbr } from './models/lift/tbr.ts';
export { armSums } from './models/lift/user-arms.ts';
export { userCuped, userCupedRatio } from './models/lift/user-cuped.ts';
export { userItt } from './models/lift/user-itt.ts';
export { userLate } from './models/lift/user-late.ts';
export { userRatio } from './models/lift/user-ratio.ts';
export { alwaysValid } from './models/lift/user-sequential.ts';
export { userStratified } from './models/lift/user-strata.ts';
export {
  type AdstockKind,
  adstock,
  adstockWeights,
  type BudgetPlan,
  type BudgetRequest,
  type BudgetTable,
  type FittedMix,
  fitMix,
  geometricAdstock,
  type MixDriver,
  type MixExperiment,
  type MixOptions,
  type MixResult,
  type MixSpec,
  type Prior,
  planBudget,
  planFromTable,
  type Quantity,
  type Saturation,
  type SimulatedMarket as SimulatedMixMarket,
  type SimulatedMarketOptions as SimulatedMixMarketOptions,
  saturation,
  simulateMarket as simulateMixMarket,
  tabulateBudget,
  type WeeklyTable,
  weeklyPanel,
} from './models/mix/index.ts';
export type { Panel, Treatment } from './models/panel.ts';
export { type PathRow, type Paths, pathCount, pathsFromRows, splitPath } from './models/paths.ts';
export { marketFiles } from './models/simulate/export/files.ts';
export { pathRowsOf, pathsOf, timedJourneysOf } from './models/simulate/journeys.ts';
export { type Market, type Order, simulateMarket } from './models/simulate/market.ts';
export type { MarketOptions } from './models/simulate/options.ts';
export { geoDayPanel, geoWeekPanel, nationalPanel } from './models/simulate/panel.ts';
export { truthOf } from './models/simulate/truth.ts';
export { type AnswerOptions, answerQuestion, type VerdictAnswer } from './pipeline/answer.ts';
export type { ClaimAnswer } from './pipeline/claim-answer.ts';
export { type Config, parseConfig, readConfig } from './pipeline/config.ts';
export { configTemplate } from './pipeline/config-template.ts';
export { currentRun } from './pipeline/current-run.ts';
export { type DoctorFinding, examine, rebuildFromLanding } from './pipeline/doctor.ts';
export { encodeTable, type TableFormat } from './pipeline/encode-table.ts';
export { explainOrder, type OrderExplanation } from './pipeline/explain.ts';
export { exportRoi, type RoiExport, type RoiManifest } from './pipeline/export-roi.ts';
export { type ExportedTable, type ExportFormat, exportTable } from './pipeline/export-table.ts';
export type { RoiLine } from './pipeline/finance/roi-line.ts';
export { type IngestOptions, ingest, type Receipt, type Reject } from './pipeline/ingest.ts';
export { type ListedRun, listRuns } from './pipeline/list-runs.ts';
export { makeWorkspace } from './pipeline/make-workspace.ts';
export type { Manifest } from './pipeline/publish.ts';
export { type Answer, parseQuery, type Query, querySchema, runQuery } from './pipeline/query.ts';
export { readPaths } from './pipeline/read-paths.ts';
export { makeReport, REPORT_NAMES, type Report, type ReportOptions } from './pipeline/reports.ts';
export { openResults, type Results } from './pipeline/results.ts';
export { type RoiOptions, roiTable } from './pipeline/roi-table.ts';
export { type RunOptions, type RunReport, run } from './pipeline/run.ts';
export type { Table, TableColumn } from './pipeline/table.ts';
export { VERSION } from './pipeline/version.ts';
export {
  attributePathsInWorkers,
  type SharedOptions,
} from './pipeline/workers/attribute-paths.ts';
export { geoDesignInWorkers, measureLiftInWorkers, panelClaimInWorkers } from './pipeline/workers/lift.ts';
export { type MixProgress, sampleInWorkers } from './pipeline/workers/mix.ts';
export {
  findWorkspace,
  type OpenWorkspace,
  openWorkspace,
  type Workspace,
  type WorkspacePaths,
} from './pipeline/workspace.ts';
export { type WrittenMarket, writeMarket } from './pipeline/write-market.ts';
