import type { JobRecord, RunInput } from '../../run.ts';
import { folded, html, table } from '../html.ts';
import { costText, timeText } from '../../money.ts';
import type { Chart, SectionOf } from '../report.ts';
import { CONFIG, PALETTE } from '../theme.ts';
import { purposeOf, timelineOf, type PlacedJob } from '../timeline.ts';

/** Where time and money went. */
export const jobsSection: SectionOf = ({ input, result }) => {
  const own = result.jobs.filter(({ reused }) => !reused);
  const reused = result.jobs.filter((job) => job.reused);
  const placed = timelineOf(own);
  return {
    id: 'jobs',
    title: 'Jobs, time and cost',
    parts: [
      html`<p>
        ${own.length} jobs ran, ${costText(own, input)} in all; ${reused.length} jobs of earlier runs were taken over
        and cost nothing.
      </p> `,
      ...(placed.length === 0 ? [] : [timelineChart(placed)]),
      purposeTable(own, input),
      ...(reused.length === 0 ? [] : [folded('What was taken over from earlier runs', reusedTable(reused))]),
    ],
  };
};

function timelineChart(placed: readonly PlacedJob[]): Chart {
  const span = Math.max(...placed.map(({ ended }) => ended));
  const [unit, seconds] = span > 10_800 ? ['hours', 3600] : span > 180 ? ['minutes', 60] : ['seconds', 1];
  const purposes = [...new Set(placed.map(({ job }) => purposeOf(job)))];
  const slots = Math.max(...placed.map(({ slot }) => slot));
  const bars = placed.flatMap(({ job, slot, created, started, ended }) => {
    const purpose = purposeOf(job);
    return [
      { purpose, slot, from: created / seconds, to: started / seconds, phase: 'starting' },
      { purpose, slot, from: started / seconds, to: ended / seconds, phase: 'working' },
    ];
  });
  return {
    title: 'Jobs over slots',
    description:
      `${placed.length} jobs on ${slots} slots in ${timeText(span)}. Each bar is a job from its creation to its end; ` +
      'its pale part is the start of its machine, which is not billed.',
    spec: {
      width: 600,
      height: { step: slots > 20 ? 14 : 26 },
      config: CONFIG,
      data: { values: bars },
      mark: { type: 'bar', stroke: 'transparent', strokeWidth: 1 },
      encoding: {
        x: { field: 'from', type: 'quantitative', title: `${unit} since the first job`, scale: { zero: true } },
        x2: { field: 'to' },
        y: { field: 'slot', type: 'ordinal', title: 'slot' },
        color: {
          field: 'purpose',
          type: 'nominal',
          scale: { domain: purposes, range: [...PALETTE] },
          legend: { title: null, orient: 'top', columns: 4 },
        },
        opacity: {
          field: 'phase',
          type: 'ordinal',
          scale: { domain: ['starting', 'working'], range: [0.3, 1] },
          legend: null,
        },
      },
    },
  };
}

function purposeTable(jobs: readonly JobRecord[], input: RunInput): ReturnType<typeof table> {
  const purposes = new Map<string, JobRecord[]>();
  for (const job of jobs) purposes.set(purposeOf(job), [...(purposes.get(purposeOf(job)) ?? []), job]);
  const sum = (some: readonly JobRecord[], of: (job: JobRecord) => number): number =>
    some.reduce((total, job) => total + of(job), 0);
  return table(
    'Jobs by what they were for',
    ['step', 'jobs', 'fits', 'starting', 'on the machine', 'of it fitting', 'cost'],
    [...purposes].map(([purpose, some]) => [
      ...[purpose, some.length, sum(some, ({ fits }) => fits)],
      ...[timeText(sum(some, ({ startup }) => startup)), timeText(sum(some, ({ seconds }) => seconds))],
      ...[timeText(sum(some, ({ working }) => working)), costText(some, input)],
    ]),
  );
}

function reusedTable(jobs: readonly JobRecord[]): ReturnType<typeof table> {
  return table(
    'Jobs of earlier runs',
    ['step', 'fits', 'job'],
    jobs.map(({ step, fits, name }) => [step, fits, html`<code>${name}</code>`]),
  );
}
