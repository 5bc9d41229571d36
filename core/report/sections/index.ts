import type { SectionOf } from '../report.ts';
import { biasSection } from './bias.ts';
import { importanceSection } from './importance.ts';
import { jobsSection } from './jobs.ts';
import { leakageSection } from './leakage.ts';
import { lineageSection } from './lineage.ts';
import { perFoldSection } from './per-fold.ts';
import { predictionsSection } from './predictions.ts';
import { scoresSection } from './scores.ts';
import { searchSection } from './search.ts';
import { settingsSection } from './settings.ts';

/** The report's sections, in their order. */
export const SECTIONS: readonly SectionOf[] = [
  ...[scoresSection, searchSection, perFoldSection, predictionsSection, importanceSection, biasSection],
  ...[jobsSection, leakageSection, settingsSection, lineageSection],
];
