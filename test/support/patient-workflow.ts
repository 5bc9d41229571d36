import { proxyActivities } from '@temporalio/workflow';

/** What the activity answers, whose worker is thought dead after half a second without a heartbeat. */
export async function patientWorkflow(): Promise<number> {
  const { attempts } = proxyActivities<{ attempts(): Promise<number> }>({
    ...{ startToCloseTimeout: '1 min', heartbeatTimeout: '500 ms' },
    retry: { initialInterval: '100 ms', maximumAttempts: 3 },
  });
  return await attempts();
}
