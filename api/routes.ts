import type { Route } from './route.ts';
import { answerRoute } from './routes/answer.ts';
import { listAuditRoute, verifyAuditRoute } from './routes/audit.ts';
import { catalogRoute } from './routes/catalog.ts';
import { getExportFileRoute, getExportRoute, postExportRoute } from './routes/exports.ts';
import {
  closePeriodRoute,
  ledgerRoute,
  listPeriodsRoute,
  lockPeriodRoute,
  reconciliationRoute,
  reopenPeriodRoute,
} from './routes/finance.ts';
import { financePackRoute } from './routes/finance-pack.ts';
import { healthRoute, readyRoute } from './routes/health.ts';
import { getBatchRoute, listBatchesRoute, postIngestRoute } from './routes/ingest.ts';
import {
  cancelJobRoute,
  deleteScheduleRoute,
  getJobRoute,
  listJobsRoute,
  listSchedulesRoute,
  postBackupRoute,
  postRunRoute,
  putScheduleRoute,
} from './routes/jobs.ts';
import { deleteKeyRoute, getKeyRoute, listKeysRoute, postKeyRoute, rotateKeyRoute } from './routes/keys.ts';
import {
  deleteMemberRoute,
  getMemberRoute,
  inviteMemberAgainRoute,
  listMembersRoute,
  postMemberRoute,
  putMemberRoute,
} from './routes/members.ts';
import { postPlanRoute } from './routes/plans.ts';
import { getErasureRoute, postErasureRoute } from './routes/privacy.ts';
import { freshnessRoute, qualityRoute } from './routes/quality.ts';
import { getQueryRoute, postQueryRoute } from './routes/query.ts';
import { pathsRoute, reportRoute } from './routes/reports.ts';
import { diffRunsRoute, listRunsRoute, manifestRoute, modelOutputRoutes } from './routes/runs.ts';
import { deleteReportRoute, listReportsRoute, putReportRoute } from './routes/saved-reports.ts';
import {
  deleteShareLinkRoute,
  getShareLinkRoute,
  listShareLinksRoute,
  postShareLinkRoute,
} from './routes/share-links.ts';
import {
  getStudyRoute,
  listStudiesRoute,
  studyHealthRoute,
  studyPowerRoute,
  studyResultsRoute,
} from './routes/studies.ts';
import { deleteWebhookRoute, getWebhookRoute, listWebhooksRoute, postWebhookRoute } from './routes/webhooks.ts';

/** Everything that the API answers, in the order of its reference. */
export const ROUTES: readonly Route[] = [
  healthRoute,
  readyRoute,
  catalogRoute,
  answerRoute,
  postQueryRoute,
  getQueryRoute,
  pathsRoute,
  listStudiesRoute,
  getStudyRoute,
  studyPowerRoute,
  studyHealthRoute,
  studyResultsRoute,
  listReportsRoute,
  reportRoute,
  putReportRoute,
  deleteReportRoute,
  postExportRoute,
  getExportRoute,
  getExportFileRoute,
  listRunsRoute,
  manifestRoute,
  diffRunsRoute,
  ...modelOutputRoutes,
  postRunRoute,
  postPlanRoute,
  listJobsRoute,
  getJobRoute,
  cancelJobRoute,
  listSchedulesRoute,
  putScheduleRoute,
  deleteScheduleRoute,
  postIngestRoute,
  listBatchesRoute,
  getBatchRoute,
  freshnessRoute,
  qualityRoute,
  postBackupRoute,
  listPeriodsRoute,
  closePeriodRoute,
  lockPeriodRoute,
  reopenPeriodRoute,
  financePackRoute,
  ledgerRoute,
  reconciliationRoute,
  postErasureRoute,
  getErasureRoute,
  listKeysRoute,
  postKeyRoute,
  getKeyRoute,
  rotateKeyRoute,
  deleteKeyRoute,
  listMembersRoute,
  postMemberRoute,
  getMemberRoute,
  putMemberRoute,
  inviteMemberAgainRoute,
  deleteMemberRoute,
  listShareLinksRoute,
  postShareLinkRoute,
  getShareLinkRoute,
  deleteShareLinkRoute,
  listWebhooksRoute,
  postWebhookRoute,
  getWebhookRoute,
  deleteWebhookRoute,
  listAuditRoute,
  verifyAuditRoute,
];
