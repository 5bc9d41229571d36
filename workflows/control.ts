import { ApplicationFailure, condition, log, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  DEADLINE,
  faultOf,
  outcomeOf,
  type Approval,
  type Decision,
  type Grounds,
  type Outcome,
  type Pause,
  type Waiting,
} from '../core/approval.ts';
import { milliseconds } from '../core/duration.ts';
import type { ErrorCode } from '../core/errors.ts';
import { holdOf, type RunContext } from '../core/steps.ts';
import { shortActivities } from './job.ts';
import { tell } from './notify.ts';
import { approveUpdate, pauseUpdate, rejectUpdate, resumeUpdate } from './messages.ts';

/** What people decide about a run while it runs: pause and resume, approve and reject. */
export class RunControl {
  readonly #context: RunContext;
  readonly #changed: () => void;
  #paused: Pause | undefined;
  #waiting: Waiting | undefined;
  #decision: Decision | undefined;
  /** Pauses and resumes take effect one after the other, in the order in which they were asked for. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param changed told when the run is paused or resumed, begins to wait or is decided */
  constructor(context: RunContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
    setHandler(pauseUpdate, (asked) => this.#next(() => this.#pause(asked)), {
      validator: refuseFaults,
      description: 'Start no job any more; those that run go on.',
    });
    setHandler(resumeUpdate, (asked) => this.#next(() => this.#resume(asked)), {
      validator: (asked: Grounds) => this.#refuseResume(asked),
      description: 'Let jobs start again.',
    });
    setHandler(approveUpdate, (asked) => this.#decide('approved', asked), {
      validator: (asked: Grounds) => this.#refuseDecision('approved', asked),
      description: 'Let the run deploy its model.',
    });
    setHandler(rejectUpdate, (asked) => this.#decide('rejected', asked), {
      validator: (asked: Grounds) => this.#refuseDecision('rejected', asked),
      description: 'End the run without a deploy.',
    });
  }

  get paused(): Pause | undefined {
    return this.#paused;
  }

  get waiting(): Waiting | undefined {
    return this.#waiting;
  }

  /** Waits while the run is paused. */
  async resumed(): Promise<void> {
    if (this.#paused !== undefined) await condition(() => this.#paused === undefined);
  }

  /** Waits until a person has decided, or the deadline has. */
  async decision({ deadline, otherwise }: Approval): Promise<Decision> {
    const patience = deadline === undefined ? undefined : milliseconds(deadline);
    const until = patience === undefined ? undefined : new Date(Date.now() + patience).toISOString();
    this.#waiting = { since: now(), until, otherwise };
    this.#changed();
    this.#tellOfWaiting(until, otherwise);
    const isDecided = (): boolean => this.#decision !== undefined;
    if (patience === undefined) await condition(isDecided);
    else await condition(isDecided, patience, { summary: 'deadline of the approval' });
    const late = { by: DEADLINE, reason: `nobody decided within ${deadline ?? ''}` };
    const decision = this.#decision ?? this.#decide(outcomeOf(otherwise), late);
    this.#waiting = undefined;
    this.#changed();
    return decision;
  }

  /** Not waited for: what decides may come first. */
  #tellOfWaiting(until: string | undefined, otherwise: Approval['otherwise']): void {
    const run = workflowInfo().workflowId;
    const deadline = until === undefined ? '' : `\nWithout a decision by ${until} it is to ${otherwise}.`;
    const ways = `Decide with 'crossfold approve ${run}' or 'crossfold reject ${run}'.`;
    void tell('approval', this.#context.input.pipeline.pipeline, `${run} waits for approval`, `${ways}${deadline}`);
  }

  #decide(outcome: Outcome, asked: Grounds): Decision {
    this.#decision ??= { outcome, ...asked, at: now() };
    log.info(`the model is ${outcome}`, { by: asked.by });
    return this.#decision;
  }

  async #pause(asked: Grounds): Promise<Pause> {
    if (this.#paused !== undefined) return this.#paused;
    await this.#hold(true);
    this.#paused = { ...asked, since: now() };
    this.#changed();
    return this.#paused;
  }

  async #resume(asked: Grounds): Promise<Pause> {
    const ended = this.#paused;
    if (ended === undefined) throw notPaused();
    await this.#hold(false);
    log.info('the run goes on', { by: asked.by });
    this.#paused = undefined;
    this.#changed();
    return ended;
  }

  async #hold(held: boolean): Promise<void> {
    await shortActivities(this.#context.input.patience).writeHold({ file: holdOf(this.#context), held });
  }

  async #next<T>(body: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(body);
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  #refuseResume(asked: Grounds): void {
    refuseFaults(asked);
    if (this.#paused === undefined) throw notPaused();
  }

  /** The same decision again is welcome: its answer may have been lost. */
  #refuseDecision(outcome: Outcome, asked: Grounds): void {
    refuseFaults(asked);
    const run = workflowInfo().workflowId;
    if (this.#decision !== undefined && this.#decision.outcome !== outcome) {
      const { by, at } = this.#decision;
      throw refusal(`the model of run ${run} was ${this.#decision.outcome} by ${by} at ${at} already.`);
    }
    if (this.#decision === undefined && this.#waiting === undefined) {
      const asks = this.#context.input.pipeline.deploy?.approval !== undefined;
      const why = asks ? `is not ready for it yet; 'crossfold status ${run}' shows how far it is` : 'asks for none';
      throw refusal(`run ${run} waits for no approval: it ${why}.`);
    }
  }
}

function refuseFaults(asked: Grounds): void {
  const fault = faultOf(asked);
  if (fault !== undefined) throw refusal(`found ${fault}; give --by and --reason so.`, 'RequestInvalid');
}

function notPaused(): ApplicationFailure {
  return refusal(`run ${workflowInfo().workflowId} is not paused.`);
}

function refusal(message: string, type: ErrorCode = 'RunNotReady'): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable: true });
}

/** The workflow's own clock, the same in a replay. */
function now(): string {
  return new Date().toISOString();
}
