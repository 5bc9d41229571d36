import type { MiddlewareStack } from '@smithy/types';
import type { JobKind } from '../core/jobs.ts';
import { isThrottled } from './aws-errors.ts';

/** How an attempt of an AWS call ended. */
export type CallOutcome = 'ok' | 'throttled' | 'failed';

/** What activities tell of their work, for whoever counts it. */
export interface Telemetry {
  /** Asked whenever somebody looks. */
  watchSlots(slots: SlotCounts): void;
  jobEnded(job: EndedJob): void;
  apiCall(service: string, operation: string, outcome: CallOutcome): void;
}

/** A job that has ended, whatever its status. */
export interface EndedJob {
  readonly run: string;
  readonly step: string;
  readonly kind: JobKind;
  readonly name: string;
  readonly status: string;
  readonly created: Date | undefined;
  /** From its creation to its start on the machine, seconds. */
  readonly startup: number;
  /** On the machine, seconds. */
  readonly seconds: number;
  /** USD at list prices; undefined where the price of the instance is not known. */
  readonly cost: number | undefined;
}

/** Jobs of this worker that run, and that wait for a slot. */
export interface SlotCounts {
  readonly running: number;
  readonly waiting: number;
}

/** Counts nothing. */
export const silent: Telemetry = {
  watchSlots: () => undefined,
  jobEnded: () => undefined,
  apiCall: () => undefined,
};

/** A client with each attempt of its calls told of, those that the SDK repeats as well. */
export function told<I extends object, O extends object, C extends { readonly middlewareStack: MiddlewareStack<I, O> }>(
  client: C & { readonly middlewareStack: MiddlewareStack<I, O> },
  service: string,
  telemetry: Telemetry,
): C {
  client.middlewareStack.add(
    (next, { commandName = 'unknown' }) =>
      async (request) => {
        const operation = commandName.replace(/Command$/, '');
        try {
          const answer = await next(request);
          telemetry.apiCall(service, operation, 'ok');
          return answer;
        } catch (error) {
          telemetry.apiCall(service, operation, isThrottled(error) ? 'throttled' : 'failed');
          throw error;
        }
      },
    // Below the SDK's own retries, which have the priority high.
    { step: 'finalizeRequest', priority: 'low', name: 'crossfoldTelemetry' },
  );
  return client;
}
