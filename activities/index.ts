import { createChampionActivities, type ChampionActivities } from './champions.ts';
import type { ActivityDeps } from './deps.ts';
import { createFitActivities, type FitActivities } from './fits.ts';
import { createEndpointActivities, type EndpointActivities } from './endpoints.ts';
import { createHoldActivities, type HoldActivities } from './holds.ts';
import { createJobActivities, type JobActivities } from './jobs/job-activities.ts';
import { KeptOutcomes } from './kept.ts';
import { createModelActivities, type ModelActivities } from './models.ts';
import { createObjectStore } from './objects.ts';
import { createNotificationActivities, type NotificationActivities } from './notifications/index.ts';
import { createPageActivities, type PageActivities } from './report-page.ts';
import { createReportActivities, type ReportActivities } from './report.ts';
import { createSmokeActivities, type SmokeActivities } from './smoke-test.ts';

/** Every activity, by name. */
export type Activities = JobActivities &
  ModelActivities &
  EndpointActivities &
  SmokeActivities &
  ReportActivities &
  HoldActivities &
  ChampionActivities &
  FitActivities &
  PageActivities &
  NotificationActivities;

/** All activities over the clients that they are handed. */
export function createActivities(deps: ActivityDeps): Activities {
  const objects = createObjectStore(deps.aws.s3);
  const kept = new KeptOutcomes(objects);
  const endpoints = createEndpointActivities(deps);
  return {
    ...createJobActivities(deps, objects, kept),
    ...createFitActivities(kept),
    ...createModelActivities(deps),
    ...endpoints,
    ...createChampionActivities(objects, endpoints),
    ...createSmokeActivities(deps, objects),
    ...createReportActivities(objects),
    ...createNotificationActivities(deps.notifications, deps.uiUrl),
    ...createPageActivities(objects),
    ...createHoldActivities(objects),
  };
}
