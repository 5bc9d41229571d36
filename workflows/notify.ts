import {
  isCancellation,
  log,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { NotificationActivities } from '../activities/notifications/index.ts';
import { shortScore } from '../core/run-details.ts';
import type { RunResult } from '../core/run.ts';
import { notificationOf, type Notification, type NotificationEvent } from '../core/notification.ts';

const asking = proxyActivities<NotificationActivities>({ startToCloseTimeout: '10 s', retry: { maximumAttempts: 5 } });

/** A receiver that is down for the night hears of it in the morning. */
function telling(channel: string): ActivityInterfaceFor<NotificationActivities> {
  return proxyActivities<NotificationActivities>({
    ...{ startToCloseTimeout: '1 min', scheduleToCloseTimeout: '1 day', summary: channel },
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '10 min' },
  });
}

/** Tells each of the channels, however long one of them takes; one that takes nothing keeps no other from it. */
export async function notifyWorkflow(channels: readonly string[], notification: Notification): Promise<void> {
  const told = await Promise.allSettled(channels.map((channel) => telling(channel).notify(channel, notification)));
  for (const [index, each] of told.entries())
    if (each.status === 'rejected')
      log.warn('a notification was not delivered', { channel: channels[index], error: String(each.reason) });
}

/** Has people told how a run ends, unless it is cancelled: whoever did that knows. */
export async function tellingEnd(pipeline: string, body: () => Promise<RunResult>): Promise<RunResult> {
  const { workflowId } = workflowInfo();
  try {
    const result = await body();
    await tell('finished', pipeline, `${workflowId} has finished`, endText(result));
    return result;
  } catch (error) {
    if (!isCancellation(error)) {
      const why = error instanceof Error ? error.message : String(error);
      await tell('failed', pipeline, `${workflowId} has failed`, why);
    }
    throw error;
  }
}

function endText({ winner, objective, holdout, deployment, files }: RunResult): string {
  const score = holdout.metrics[objective.metric];
  return [
    `Winner: ${winner.setting.algorithm}, ${objective.metric} ${shortScore(winner.mean)} ± ${shortScore(winner.sd)} over the folds`,
    ...(score === undefined ? [] : [`On the holdout: ${shortScore(score)}`]),
    deployment === undefined ? 'Nothing was deployed' : `Deployed to ${deployment.endpoint}`,
    `Report: ${files.report}`,
  ].join('\n');
}

/** Has people told of an event, without waiting for it: a run never fails, and never lasts longer, for want of a listener. */
export async function tell(event: NotificationEvent, pipeline: string, title: string, text: string): Promise<void> {
  try {
    const channels = await asking.notificationChannels(event);
    if (channels.length === 0) return;
    const { workflowId } = workflowInfo();
    const notification = notificationOf(
      event,
      { run: workflowId, pipeline, at: new Date().toISOString() },
      title,
      text,
    );
    await startChild(notifyWorkflow, {
      workflowId: `${workflowId}/notify-${event}`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: title,
      args: [channels, notification],
    });
  } catch (error) {
    log.warn('nobody could be told', { event, error: String(error) });
  }
}
