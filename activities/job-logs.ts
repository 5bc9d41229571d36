import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { JobReference } from '../core/jobs.ts';
import { toCrossfoldError } from './aws-errors.ts';
import { LOG_GROUPS } from './log-groups.ts';

/** Reads the logs of jobs from CloudWatch Logs, each line once. */
export class JobLogs {
  readonly #client = new CloudWatchLogsClient({ maxAttempts: 3 });
  readonly #tokens = new Map<string, string>();

  /**
   * The lines of a job that were not read before, in the order of its streams (a machine each). None where the job has not written any.
   *
   * @throws CrossfoldError AccessDenied, Unreachable
   */
  async *newLines({ kind, name }: JobReference): AsyncIterable<string> {
    const logGroupName = LOG_GROUPS[kind];
    try {
      const { logStreams = [] } = await this.#client.send(
        new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/` }),
      );
      for (const { logStreamName } of logStreams)
        if (logStreamName !== undefined) yield* this.#stream(logGroupName, logStreamName);
    } catch (error) {
      // A job that has not begun to write has no group or no stream.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return;
      throw toCrossfoldError(error, `read the log of job ${name}`);
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** The end of a stream answers with the token that it was asked with. */
  async *#stream(logGroupName: string, logStreamName: string): AsyncIterable<string> {
    for (;;) {
      const nextToken = this.#tokens.get(logStreamName);
      const request = {
        logGroupName,
        logStreamName,
        startFromHead: true,
        ...(nextToken !== undefined && { nextToken }),
      };
      const { events = [], nextForwardToken } = await this.#client.send(new GetLogEventsCommand(request));
      for (const { message } of events) if (message !== undefined) yield message.trimEnd();
      if (nextForwardToken === undefined || nextForwardToken === nextToken) return;
      this.#tokens.set(logStreamName, nextForwardToken);
    }
  }
}
