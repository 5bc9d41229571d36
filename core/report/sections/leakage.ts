import { html, table } from '../html.ts';
import type { SectionOf } from '../report.ts';

/** The proof that nothing fitted has seen a test row: the hashes of the rows. */
export const leakageSection: SectionOf = ({ fits, result }) => {
  const rows = result.folds.map((fold, index) => {
    const own = fits.filter((fit) => fit.fold === index);
    const proven = own.filter(({ fitted_hash }) => fitted_hash === fold.train_hash).length;
    const tests = new Set(own.map(({ test_hash }) => test_hash));
    const hashes = [fold.train_hash, ...tests].map(short);
    return [`fold ${index}`, fold.train_rows, fold.test_rows, ...hashes.slice(0, 2), `${proven} of ${own.length}`];
  });
  return {
    id: 'leakage',
    title: 'Leakage evidence',
    parts: [
      html`<p>
        Preprocessing and models are fitted on a fold’s training rows alone. Each fit leaves the hash of the row numbers
        that it was fitted on and scored on; a run refuses a fit whose hashes are not those of its fold.
      </p> `,
      table(
        'Rows of each fold, and the fits that were trained on exactly its training rows',
        [
          'fold',
          'training rows',
          'test rows',
          'hash of the training rows',
          'hash of the test rows',
          'fits that prove it',
        ],
        rows,
      ),
    ],
  };
};

/** A hash as people compare it. */
function short(hash: string): ReturnType<typeof html> {
  return html`<code title="${hash}">${hash.slice(0, 'sha256:'.length + 12)}</code>`;
}
