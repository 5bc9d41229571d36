import {
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  paginateListEndpoints,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { CrossfoldError } from '../core/errors.ts';
import { isNotFound, toCrossfoldError } from './aws-errors.ts';

/** An endpoint as SageMaker lists it. */
export interface ListedEndpoint {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly created: Date;
}

/** An endpoint with what it serves. */
export interface EndpointDetails extends ListedEndpoint {
  readonly config: string;
  /** Why it failed, where it did. */
  readonly reason: string | undefined;
  readonly variants: readonly { readonly name: string; readonly instances: number }[];
}

/** The endpoints of the account, by name. */
export async function listEndpoints(sagemaker: SageMakerClient): Promise<ListedEndpoint[]> {
  const found: ListedEndpoint[] = [];
  try {
    for await (const { Endpoints = [] } of paginateListEndpoints({ client: sagemaker }, { MaxResults: 100 }))
      for (const {
        EndpointName: name = '',
        EndpointArn: arn = '',
        EndpointStatus: status = '',
        CreationTime,
      } of Endpoints)
        found.push({ name, arn, status, created: CreationTime ?? new Date(0) });
  } catch (error) {
    throw toCrossfoldError(error, 'list endpoints');
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws CrossfoldError EndpointNotFound, AccessDenied, Unreachable */
export async function describeEndpoint(sagemaker: SageMakerClient, endpoint: string): Promise<EndpointDetails> {
  try {
    const found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }));
    return {
      name: endpoint,
      arn: found.EndpointArn ?? '',
      status: found.EndpointStatus ?? '',
      created: found.CreationTime ?? new Date(0),
      config: found.EndpointConfigName ?? '',
      reason: found.FailureReason,
      variants: (found.ProductionVariants ?? []).map(({ VariantName = '', CurrentInstanceCount = 0 }) => ({
        name: VariantName,
        instances: CurrentInstanceCount,
      })),
    };
  } catch (error) {
    throw failureOf(error, endpoint, 'look at');
  }
}

/** Deletes an endpoint; its config, its model and its model package stay. @throws as `describeEndpoint` */
export async function deleteEndpoint(sagemaker: SageMakerClient, endpoint: string): Promise<void> {
  try {
    await sagemaker.send(new DeleteEndpointCommand({ EndpointName: endpoint }));
  } catch (error) {
    throw failureOf(error, endpoint, 'delete');
  }
}

/** Rows for an endpoint. */
export interface Invocation {
  readonly endpoint: string;
  readonly type: 'text/csv' | 'application/json';
  readonly accept: 'text/csv' | 'application/json';
  readonly body: Uint8Array;
}

/** The endpoint's answer as text. @throws CrossfoldError EndpointNotFound, RequestInvalid where it refuses the rows, … */
export async function invokeEndpoint(
  runtime: SageMakerRuntimeClient,
  { endpoint, type, accept, body }: Invocation,
): Promise<string> {
  try {
    const request = { EndpointName: endpoint, ContentType: type, Accept: accept, Body: body };
    const { Body } = await runtime.send(new InvokeEndpointCommand(request));
    return Body.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError')
      throw new CrossfoldError('RequestInvalid', `endpoint ${endpoint} refused the rows: ${error.message}`, {
        cause: error,
      });
    throw failureOf(error, endpoint, 'invoke');
  }
}

function failureOf(error: unknown, endpoint: string, doing: string): Error {
  const missing = isNotFound(error) || (error instanceof Error && /not found|could not find/i.test(error.message));
  if (!missing) return toCrossfoldError(error, `${doing} endpoint ${endpoint}`);
  return new CrossfoldError(
    'EndpointNotFound',
    `there is no endpoint ${endpoint}; 'crossfold endpoint list' shows those there are.`,
    { cause: error },
  );
}
