import { z } from 'zod';
import { compact, type JsonObject } from '../json.ts';
import { without } from '../operations/operation.ts';
import type { Resource, Store } from '../store.ts';
import { ALARM_STATES, evaluate, evaluationRange, isDecided, type AlarmState, type Rule } from './evaluation.ts';
import type { MetricStore } from './metric-store.ts';
import { alarmDefinition, type AlarmDefinition } from './requests.ts';
import { statistic } from './statistics.ts';

/** How often alarms are evaluated, milliseconds. */
const EVALUATION_MS = 1000;
/** A state that was set by hand stays for a period, but no longer than this: milliseconds. */
const LONGEST_HELD_MS = 60_000;

const state = z.enum(ALARM_STATES);
const held = z.number().default(0);

/** What became of an alarm: its state and why, in CloudWatch's words. */
interface Transition {
  readonly state: AlarmState;
  readonly reason: string;
  readonly data?: string;
  /** Epoch milliseconds before which it is not evaluated. */
  readonly heldUntil?: number;
}

/** Metric alarms: their definitions and states are in the store, what they go off by in the metrics. */
export class Alarms {
  readonly #store: Store;
  readonly #metrics: MetricStore;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, metrics: MetricStore) {
    this.#store = store;
    this.#metrics = metrics;
  }

  /** Evaluates all alarms now, and again and again. */
  start(): void {
    this.evaluate();
    this.#timer = setInterval(() => this.evaluate(), EVALUATION_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** The state of an alarm; undefined where there is none of that name. */
  stateOf(name: string): AlarmState | undefined {
    const found = this.#store.get('alarm', name);
    return found === undefined ? undefined : state.parse(found.status);
  }

  /** As SetAlarmState does: the alarm has the state until it is evaluated again. */
  set(alarm: Resource, to: Omit<Transition, 'heldUntil'>): void {
    const heldMs = Math.min(definitionOf(alarm).Period * 1000, LONGEST_HELD_MS);
    this.#enter(alarm, { ...to, heldUntil: Date.now() + heldMs });
  }

  /** Brings every alarm to the state that its metric says, but for those that were just set by hand. */
  evaluate(now: number = Date.now()): void {
    this.#metrics.flush();
    for (const alarm of this.#store.all('alarm')) {
      if (held.parse(alarm.state['HeldUntil']) > now) continue;
      const definition = definitionOf(alarm);
      const outcome = this.#outcome(definition, now);
      if (outcome.state === undefined || outcome.state === alarm.status) continue;
      this.#enter(alarm, {
        ...{ state: outcome.state, reason: outcome.reason },
        data: JSON.stringify({
          ...{ version: '1.0', queryDate: new Date(now).toISOString(), period: definition.Period },
          ...{ statistic: ruleOf(definition).statistic, threshold: definition.Threshold },
          recentDatapoints: outcome.datapoints.map(({ value }) => value),
        }),
      });
    }
  }

  /** Periods that are over count, and the one that is not where it breaches whatever comes. */
  #outcome(definition: AlarmDefinition, now: number): ReturnType<typeof evaluate> {
    const rule = ruleOf(definition);
    const { Period: period } = definition;
    const current = Math.floor(now / 1000 / period) * period;
    const from = current - evaluationRange(rule) * period;
    const found = this.#metrics.read(definition, { from, to: current + period }, period, definition.Unit);
    const last = isDecided(rule, found.get(current)?.samples ?? []) ? current : current - period;
    const periods = Array.from({ length: evaluationRange(rule) }, (_, index) => {
      const time = last - (evaluationRange(rule) - 1 - index) * period;
      const samples = found.get(time)?.samples;
      return samples === undefined ? undefined : { time, value: statistic(rule.statistic, samples) };
    });
    return evaluate(rule, periods);
  }

  #enter(alarm: Resource, to: Transition): void {
    this.#store.change('alarm', alarm.name, {
      status: to.state,
      state: {
        ...{ StateReason: to.reason, StateReasonData: to.data ?? null, StateUpdated: Date.now() / 1000 },
        ...(to.state !== alarm.status && { StateTransitioned: Date.now() / 1000 }),
        HeldUntil: to.heldUntil ?? 0,
      },
    });
  }
}

/** What an alarm was last defined as. */
export function definitionOf(alarm: Resource): AlarmDefinition {
  return alarmDefinition.parse(alarm.state['Definition']);
}

function ruleOf(definition: AlarmDefinition): Rule {
  return {
    statistic: definition.Statistic ?? definition.ExtendedStatistic ?? '',
    comparison: definition.ComparisonOperator,
    threshold: definition.Threshold,
    evaluationPeriods: definition.EvaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm ?? definition.EvaluationPeriods,
    missing: definition.TreatMissingData ?? 'missing',
  };
}

/** The alarm as DescribeAlarms shows it. */
export function describeAlarm(alarm: Resource): JsonObject {
  const definition = definitionOf(alarm);
  const { StateReason, StateReasonData, StateUpdated, StateTransitioned, Configured } = alarm.state;
  return compact({
    ...without(compact({ ...definition }), 'Tags'),
    ...{ AlarmArn: alarm.arn, AlarmConfigurationUpdatedTimestamp: Configured },
    ...{ OKActions: definition.OKActions ?? [], AlarmActions: definition.AlarmActions ?? [] },
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
    ...{ StateValue: alarm.status, StateReason, StateUpdatedTimestamp: StateUpdated },
    StateReasonData: StateReasonData ?? undefined,
    StateTransitionedTimestamp: StateTransitioned,
  });
}
