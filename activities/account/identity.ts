import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { toCrossfoldError } from '../aws-errors.ts';

/**
 * The ARN of whoever AWS takes this process for.
 *
 * @throws CrossfoldError AccessDenied, Unreachable
 */
export async function callerArn(): Promise<string> {
  const sts = new STSClient({ maxAttempts: 2 });
  try {
    const { Arn = '' } = await sts.send(new GetCallerIdentityCommand());
    return Arn;
  } catch (error) {
    throw toCrossfoldError(error, 'ask AWS who the caller is');
  } finally {
    sts.destroy();
  }
}

/**
 * Whether SageMaker may take a role on; undefined where there is no such role.
 *
 * @throws CrossfoldError AccessDenied where the caller may not look at roles; Unreachable
 */
export async function roleTrustsSageMaker(arn: string): Promise<boolean | undefined> {
  const iam = new IAMClient({ maxAttempts: 2 });
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').includes('sagemaker.amazonaws.com');
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined;
    throw toCrossfoldError(error, `look at role ${name}`);
  } finally {
    iam.destroy();
  }
}
