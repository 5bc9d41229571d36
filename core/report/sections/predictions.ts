import type { Section, SectionOf } from '../report.ts';
import { classCharts } from '../class-charts.ts';
import { html } from '../html.ts';
import { pairCharts } from '../pair-charts.ts';

/** How good the predictions are: of a classification ROC, precision and recall, calibration; of a regression residuals. */
export const predictionsSection: SectionOf = ({ outOfFold, holdout, result }): Section | undefined => {
  if (outOfFold.length === 0) return undefined;
  const charts =
    result.classes.length === 0 ? pairCharts(outOfFold, holdout) : classCharts(outOfFold, holdout, result.classes);
  return {
    id: 'predictions',
    title: 'Predictions',
    parts: [
      html`<p>
        Out-of-fold predictions are those of the winner’s fits, each on the test rows of its fold; the holdout’s are the
        final model’s.
      </p> `,
      ...charts,
    ],
  };
};
