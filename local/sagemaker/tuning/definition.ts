import { z } from 'zod';
import { validation } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';

/** Members of a definition that say how to search, and are nothing to the training job. */
const OF_THE_SEARCH = new Set([
  ...['DefinitionName', 'TuningObjective', 'HyperParameterRanges', 'StaticHyperParameters'],
  'HyperParameterTuningResourceConfig',
]);

const instance = z.object({ InstanceType: z.string(), InstanceCount: z.number(), VolumeSizeInGB: z.number() });
const resources = z.object({
  InstanceType: z.string().optional(),
  InstanceCount: z.number().optional(),
  VolumeSizeInGB: z.number().optional(),
  VolumeKmsKeyId: z.string().optional(),
  InstanceConfigs: z.array(instance).min(1).optional(),
});

/**
 * The request of one training job of a tuning job.
 *
 * @param definition TrainingJobDefinition
 * @throws ServiceError ValidationException for a definition that says nothing of its machines
 */
export function trainingOf(definition: JsonObject, name: string, hyperparameters: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(definition).filter(([member]) => !OF_THE_SEARCH.has(member)));
  return {
    ...kept,
    TrainingJobName: name,
    HyperParameters: hyperparameters,
    ResourceConfig: kept['ResourceConfig'] ?? machinesOf(definition['HyperParameterTuningResourceConfig']),
  };
}

/** Of several kinds of machines that may be used, the first is here. */
function machinesOf(config: Json | undefined): JsonObject {
  const parsed = resources.safeParse(config);
  const found = parsed.data?.InstanceConfigs?.[0] ?? instance.safeParse(config).data;
  if (found === undefined)
    throw validation('A TrainingJobDefinition needs a ResourceConfig or a HyperParameterTuningResourceConfig.');
  const key = parsed.data?.VolumeKmsKeyId;
  return { ...found, ...(key !== undefined && { VolumeKmsKeyId: key }) };
}

const json: z.ZodType<Json> = z.json();

/** A part of a request as JSON; it came as such. */
export function jsonOf(value: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, json.parse(member)]));
}
