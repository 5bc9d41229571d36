import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { toCrossfoldError } from '../aws-errors.ts';

/**
 * How many instances of a type the account may have for training and for processing jobs at once; undefined where no quota is listed.
 *
 * @throws CrossfoldError AccessDenied where the caller may not look at quotas; Unreachable
 */
export async function jobQuotas(
  instance: string,
): Promise<{ readonly training: number | undefined; readonly processing: number | undefined }> {
  const client = new ServiceQuotasClient({ maxAttempts: 2 });
  const found = new Map<string, number>();
  try {
    for await (const { Quotas = [] } of paginateListServiceQuotas(
      { client, pageSize: 100 },
      { ServiceCode: 'sagemaker' },
    )) {
      for (const { QuotaName, Value } of Quotas)
        if (QuotaName !== undefined && Value !== undefined) found.set(QuotaName, Value);
    }
  } catch (error) {
    throw toCrossfoldError(error, 'look at the quotas of SageMaker');
  } finally {
    client.destroy();
  }
  return {
    training: found.get(`${instance} for training job usage`),
    processing: found.get(`${instance} for processing job usage`),
  };
}
