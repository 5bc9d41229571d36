import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  UpdateModelPackageCommand,
  ProductionVariantInstanceType,
  type DataCaptureConfig,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { Context } from '@temporalio/activity';
import type { Outcome } from '../core/approval.ts';
import { CrossfoldError } from '../core/errors.ts';
import { PREVIOUS_TAG } from './endpoints.ts';
import { isTaken, toCrossfoldError } from './aws-errors.ts';
import type { ActivityDeps } from './deps.ts';
import { teller } from './heartbeat.ts';
import { oneOf } from './instance-type.ts';

/** A model to put into the registry. */
export interface Registration {
  /** The model package group: the pipeline's name. */
  readonly group: string;
  /** Workflow id of the run. */
  readonly run: string;
  /** Makes retries the same registration: 1 to 36 letters, digits and hyphens. */
  readonly token: string;
  readonly image: string;
  readonly model: string;
  /** The holdout's result file. */
  readonly evaluation: string;
  /** Whether it may be deployed, or whether that is still to be decided. */
  readonly status: 'Approved' | 'PendingManualApproval';
  /** What the registry shows beside the model, as the algorithm and its scores. */
  readonly properties: Readonly<Record<string, string>>;
}

/** What an endpoint is to serve: one model package on some instances. */
export interface Serving {
  /** Name of the model and of the endpoint config. */
  readonly name: string;
  readonly modelPackage: string;
  readonly role: string;
  readonly instance: string;
  readonly instances: number;
  /** The config that the endpoint has by now; null for a new endpoint. */
  readonly previous: string | null;
  /** The share of requests to be captured, and the prefix below which. */
  readonly capture: { readonly share: number; readonly to: string } | undefined;
}

export interface ModelActivities {
  /** Registers the model as a new version; the same token again gives the same version's ARN. */
  registerModel(registration: Registration): Promise<string>;
  /** Writes a decision into the registry, with the reason: only an approved version can be deployed. */
  decideModel(decision: { modelPackage: string; outcome: Outcome; reason: string }): Promise<void>;
  /** Makes the model and the endpoint config that an endpoint needs; both are there already on a retry. */
  prepareServing(serving: Serving): Promise<void>;
}

/** Characters of a decision's reason (SageMaker's service model). */
const DESCRIPTION_LIMIT = 1024;

/** The activities on the registry and on what endpoints serve. */
export function createModelActivities(deps: ActivityDeps): ModelActivities {
  const { sagemaker } = deps.aws;
  return {
    async registerModel(registration) {
      const tell = teller();
      await createGroup(sagemaker, registration.group);
      const arn = await createPackage(sagemaker, registration);
      tell({ modelPackage: arn });
      await registered(sagemaker, arn, deps.pollMs);
      deps.logger.info({ run: registration.run, modelPackage: arn }, 'model registered');
      return arn;
    },

    async decideModel({ modelPackage, outcome, reason }) {
      try {
        await sagemaker.send(
          new UpdateModelPackageCommand({
            ModelPackageArn: modelPackage,
            ModelApprovalStatus: outcome === 'approved' ? 'Approved' : 'Rejected',
            ApprovalDescription: reason.slice(0, DESCRIPTION_LIMIT),
          }),
        );
      } catch (error) {
        throw toCrossfoldError(error, `write the decision about ${modelPackage}`);
      }
    },

    async prepareServing({ name, modelPackage, role, instance, instances, previous, capture }) {
      const InstanceType = oneOf(ProductionVariantInstanceType, instance, 'an endpoint');
      const doing = `create model ${name}`;
      await unlessTaken(doing, () =>
        sagemaker.send(
          new CreateModelCommand({
            ModelName: name,
            ExecutionRoleArn: role,
            Containers: [{ ModelPackageName: modelPackage }],
          }),
        ),
      );
      await unlessTaken(`create endpoint config ${name}`, () =>
        sagemaker.send(
          new CreateEndpointConfigCommand({
            EndpointConfigName: name,
            Tags: previous === null ? [] : [{ Key: PREVIOUS_TAG, Value: previous }],
            ProductionVariants: [
              { VariantName: 'AllTraffic', ModelName: name, InstanceType, InitialInstanceCount: instances },
            ],
            ...(capture && { DataCaptureConfig: captureConfig(capture) }),
          }),
        ),
      );
    },
  };
}

/** Requests as they were sent, of the content types that the model reads. */
function captureConfig({ share, to }: NonNullable<Serving['capture']>): DataCaptureConfig {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: Math.round(share * 100),
    DestinationS3Uri: to,
    CaptureOptions: [{ CaptureMode: 'Input' }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
  };
}

async function createGroup(sagemaker: SageMakerClient, group: string): Promise<void> {
  await unlessTaken(`create model package group ${group}`, () =>
    sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: group })),
  );
}

async function createPackage(sagemaker: SageMakerClient, registration: Registration): Promise<string> {
  const { group, run, token, image, model, evaluation, status, properties } = registration;
  try {
    const { ModelPackageArn } = await sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: group,
        ClientToken: token,
        ModelPackageDescription: `Run ${run}`,
        ModelApprovalStatus: status,
        InferenceSpecification: {
          Containers: [
            {
              Image: image,
              ModelDataUrl: model,
              Environment: {
                SAGEMAKER_PROGRAM: 'inference.py',
                SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
              },
            },
          ],
          SupportedContentTypes: ['text/csv', 'application/json'],
          SupportedResponseMIMETypes: ['application/json', 'text/csv'],
        },
        ModelMetrics: { ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: evaluation } } },
        CustomerMetadataProperties: { ...properties },
      }),
    );
    if (ModelPackageArn !== undefined) return ModelPackageArn;
  } catch (error) {
    throw toCrossfoldError(error, `register the model in ${group}`);
  }
  throw new CrossfoldError('RequestInvalid', `SageMaker registered the model in ${group} and gave no ARN`);
}

async function registered(sagemaker: SageMakerClient, arn: string, pollMs: number): Promise<void> {
  for (;;) {
    const found = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
    if (found.ModelPackageStatus === 'Completed') return;
    if (found.ModelPackageStatus === 'Failed') {
      throw new CrossfoldError('RequestInvalid', `the registry refused ${arn}; see it in the SageMaker console`);
    }
    await Context.current().sleep(pollMs);
  }
}

/** Does what must have been done; that it was done before is as good. */
async function unlessTaken(doing: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isTaken(error)) throw toCrossfoldError(error, doing);
  }
}
