import { ACCOUNT } from '../arns.ts';
import { ServiceError } from '../errors.ts';
import { compact, parseObject, type JsonObject } from '../json.ts';
import type { Operations } from '../operations/operation.ts';
import type { Store } from '../store.ts';
import { describeAlarm, type Alarms } from './alarms.ts';
import {
  alarmDefinition,
  deleteAlarms,
  describeAlarms,
  parse,
  setAlarmState,
  type AlarmDefinition,
} from './requests.ts';

/** CloudWatch's operations on metric alarms. */
export function alarmOperations(store: Store, region: string, alarms: Alarms): Operations {
  return {
    PutMetricAlarm(request) {
      const definition = parse(alarmDefinition, request);
      const { AlarmName: name, Tags } = definition;
      const arn = `arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${name}`;
      const now = Date.now() / 1000;
      const config = { Definition: asJson(definition), Configured: now };
      const state = { ...config, StateReason: 'Unchecked: Initial alarm creation', StateReasonData: null };
      const times = { StateUpdated: now, StateTransitioned: now, HeldUntil: 0 };
      // One that exists keeps its state until it is evaluated.
      if (!store.add('alarm', name, arn, 'INSUFFICIENT_DATA', request, { ...state, ...times }, Tags))
        store.change('alarm', name, { state: config });
      return {};
    },
    DescribeAlarms(request) {
      const asked = parse(describeAlarms, request);
      if (asked.AlarmNames !== undefined && asked.AlarmNamePrefix !== undefined) {
        throw new ServiceError('ValidationError', 'AlarmNames and AlarmNamePrefix cannot be given together.');
      }
      const found = store
        .find('alarm', { status: asked.StateValue }, { by: 'name' })
        .filter(({ name }) => asked.AlarmNames?.includes(name) ?? true)
        .filter(({ name }) => name.startsWith(asked.AlarmNamePrefix ?? ''))
        .filter(() => asked.AlarmTypes?.includes('MetricAlarm') ?? true);
      const start = Number(asked.NextToken ?? 0);
      const end = start + asked.MaxRecords;
      return compact({
        MetricAlarms: found.slice(start, end).map(describeAlarm),
        CompositeAlarms: [],
        NextToken: end < found.length ? String(end) : undefined,
      });
    },
    DeleteAlarms(request) {
      for (const name of parse(deleteAlarms, request).AlarmNames) store.remove('alarm', name);
      return {};
    },
    SetAlarmState(request) {
      const { AlarmName, StateValue, StateReason, StateReasonData } = parse(setAlarmState, request);
      const alarm = store.get('alarm', AlarmName);
      if (alarm === undefined) throw new ServiceError('ResourceNotFound', 'Unknown', 404);
      const data = StateReasonData === undefined ? {} : { data: StateReasonData };
      if (StateReasonData !== undefined && parseObject(StateReasonData) === undefined)
        throw new ServiceError('InvalidFormat', 'StateReasonData was not valid JSON.');
      alarms.set(alarm, { state: StateValue, reason: StateReason, ...data });
      return {};
    },
  };
}

function asJson(definition: AlarmDefinition): JsonObject {
  return compact({ ...definition });
}
