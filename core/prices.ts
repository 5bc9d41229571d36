/**
 * On-demand prices of SageMaker training jobs in us-east-1, USD per instance-hour; processing jobs cost the same. ml.m5.large is what AWS's
 * price list answered on 2026-08-11 (usage type USE1-Train:ml.m5.large); the others are from public copies of the list
 * (https://aws.amazon.com/sagemaker/ai/pricing/) that mostly agree: `jobs.price` takes what you pay. Other regions cost more or less.
 */
const PRICES: ReadonlyMap<string, number> = new Map([
  ['ml.t3.medium', 0.05],
  ['ml.m5.large', 0.115],
  ['ml.m5.xlarge', 0.23],
  ['ml.m5.2xlarge', 0.461],
  ['ml.m5.4xlarge', 0.922],
  ['ml.c5.xlarge', 0.204],
  ['ml.c5.2xlarge', 0.408],
  ['ml.c5.4xlarge', 0.816],
  ['ml.c5.9xlarge', 1.836],
  ['ml.c5.18xlarge', 3.672],
]);

/** What an instance-hour of a pipeline's jobs costs, USD: the file's own price before the table's; undefined where neither has one. */
export function priceOf({
  instance,
  price,
}: {
  readonly instance: string;
  readonly price?: number | undefined;
}): number | undefined {
  return price ?? PRICES.get(instance);
}

/** @param seconds on an instance
 *  @param price USD per instance-hour */
export function costOf(seconds: number, price: number | undefined): number | undefined {
  return price === undefined ? undefined : (seconds / 3600) * price;
}
