import {
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import type { JobReference } from '../../core/jobs.ts';
import { LOG_GROUPS } from '../log-groups.ts';

const LINES = 20;
const LINE_LENGTH = 300;

/**
 * The last lines of a job's log in CloudWatch Logs, the oldest first, each cut to a length that a message bears; none
 * where the job wrote none.
 */
export async function lastLogLines(logs: CloudWatchLogsClient, { kind, name }: JobReference): Promise<string[]> {
  const group = { logGroupName: LOG_GROUPS[kind] };
  const { logStreams = [] } = await logs.send(
    new DescribeLogStreamsCommand({ ...group, logStreamNamePrefix: `${name}/` }),
  );
  const logStreamName = logStreams[0]?.logStreamName;
  if (logStreamName === undefined) return [];
  const { events = [] } = await logs.send(new GetLogEventsCommand({ ...group, logStreamName, limit: LINES }));
  return events.map(({ message = '' }) => message.trimEnd().slice(0, LINE_LENGTH)).filter((line) => line !== '');
}
