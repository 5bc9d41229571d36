import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '../../worker/metrics.ts';

const docs = async (file: string): Promise<string> =>
  await readFile(new URL(`../../docs/observability/${file}`, import.meta.url), 'utf8');

const dashboard = z.object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) });
const alerts = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

/** The metrics of ours and of the process that some expressions name; Temporal's are the SDK's. */
function namesIn(expressions: readonly string[]): string[] {
  const found = expressions.flatMap((text) => text.match(/\b(?:crossfold|process)_[a-z_]+/g) ?? []);
  return [...new Set(found.map((name) => name.replace(/_bucket$/, '')))];
}

test.each([
  [
    'the dashboard',
    async () =>
      dashboard
        .parse(JSON.parse(await docs('grafana-dashboard.json')))
        .panels.flatMap((panel) => panel.targets.map(({ expr }) => expr)),
  ],
  [
    'the alert rules',
    async () =>
      alerts.parse(parse(await docs('alerts.yaml'))).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ],
])('%s ask for metrics that there are', async (_what, expressions) => {
  const { registry, telemetry } = createMetrics();
  telemetry.watchSlots({ running: 1, waiting: 2 });
  const known = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
  const asked = namesIn(await expressions());
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
