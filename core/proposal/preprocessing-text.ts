import type { Proposal } from './proposal.ts';

const WIDTH = 120;

/** Categories beyond so many are gathered in one column: a wide one-hot code is slow and tells little. */
const MOST_CATEGORIES = 30;

/** The `preprocessing.py` of a new pipeline: the one file that names columns. */
export function preprocessingText(proposal: Proposal): string {
  return [
    head(proposal),
    imports(proposal),
    [
      `TARGET = ${text(proposal.target)}`,
      ...hints(proposal),
      list('NUMERIC', proposal.numeric),
      ...categorical(proposal),
    ].join('\n'),
    leftOut(proposal),
    ...(proposal.dates.length > 0 ? [DATE_PARTS] : []),
    build(proposal),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .replace(/\n\n(?=def )/g, '\n\n\n')
    .concat('\n');
}

function head({ task }: Proposal): string {
  const what = task === 'regression' ? 'number' : 'class';
  return `"""Which ${what} is predicted, from which columns, and how they are prepared.

This is the only file that names columns. Columns of the table that are not named here are ignored.
"""`;
}

function imports({ numeric, categorical, dates }: Proposal): string {
  const preprocessing = [
    ...(dates.length > 0 ? ['FunctionTransformer'] : []),
    ...(categorical.length > 0 ? ['OneHotEncoder'] : []),
    ...(numeric.length + dates.length > 0 ? ['StandardScaler'] : []),
  ];
  return [
    ...(dates.length > 0 ? ['import numpy as np', 'import pandas as pd'] : []),
    'from sklearn.compose import ColumnTransformer',
    'from sklearn.impute import SimpleImputer',
    'from sklearn.pipeline import make_pipeline',
    `from sklearn.preprocessing import ${preprocessing.join(', ')}`,
  ].join('\n');
}

/** What may tell rows apart that must not be divided between training and test. */
function hints({ groups, dates }: Proposal): string[] {
  const [group] = groups;
  const [date] = dates;
  return [
    ...(group === undefined
      ? []
      : [
          `# Several rows share a value of ${text(group)}. If they belong together (one customer, one patient), keep them in one`,
          '# fold: take this line in, and set split.scheme to group or stratified-group in the pipeline file.',
          `# GROUP = ${text(group)}`,
        ]),
    ...(date === undefined
      ? []
      : [
          '# If the model is to predict later rows from earlier ones, score it so: take this line in, and set split.scheme to',
          '# time in the pipeline file. No row may lack its time.',
          `# TIME = ${text(date)}`,
        ]),
  ];
}

function categorical({ categorical: names, dates }: Proposal): string[] {
  if (dates.length === 0) return [list('CATEGORICAL', names)];
  const categories = names.length > 0 ? [list('CATEGORIES', names)] : [];
  return [
    ...categories,
    list('DATES', dates),
    '# Values of these columns reach the preprocessing as text.',
    names.length > 0 ? 'CATEGORICAL = CATEGORIES + DATES' : 'CATEGORICAL = DATES',
  ];
}

function leftOut({ leftOut: columns }: Proposal): string {
  if (columns.length === 0) return '';
  return ['# Left out:', ...columns.map(({ name, reason }) => `#   ${text(name)} ${reason}`)].join('\n');
}

const DATE_PARTS = `def date_parts(table: pd.DataFrame) -> np.ndarray:
    """Year, month, day of the month and day of the week of each date; NaN where it is missing."""
    parts = []
    for name in table.columns:
        dates = pd.to_datetime(table[name], format="ISO8601", utc=True, errors="coerce").dt
        parts += [dates.year, dates.month, dates.day, dates.dayofweek]
    return np.column_stack(parts).astype(float)


def date_part_names(transformer: FunctionTransformer, names: list[str]) -> list[str]:
    return [f"{name}_{part}" for name in names for part in ("year", "month", "day", "weekday")]`;

function build({ numeric, categorical: names, dates }: Proposal): string {
  const steps = [
    ...(numeric.length > 0
      ? [
          '    # Missing numbers become the median of the training rows.',
          '    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())',
        ]
      : []),
    ...(names.length > 0
      ? [
          `    # Missing values are a category of their own; beyond ${MOST_CATEGORIES} the rare ones, and those not seen in training, share one.`,
          '    categories = make_pipeline(',
          '        SimpleImputer(strategy="constant", fill_value="missing"),',
          `        OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=${MOST_CATEGORIES}, sparse_output=False),`,
          '    )',
        ]
      : []),
    ...(dates.length > 0
      ? [
          '    dates = make_pipeline(',
          '        FunctionTransformer(date_parts, feature_names_out=date_part_names),',
          '        SimpleImputer(strategy="median"),',
          '        StandardScaler(),',
          '    )',
        ]
      : []),
  ];
  const parts = [
    ...(numeric.length > 0 ? ['("numbers", numbers, NUMERIC)'] : []),
    ...(names.length > 0 ? [`("categories", categories, ${dates.length > 0 ? 'CATEGORIES' : 'CATEGORICAL'})`] : []),
    ...(dates.length > 0 ? ['("dates", dates, DATES)'] : []),
  ];
  return [
    'def build_preprocessing() -> ColumnTransformer:',
    `    """Return it unfitted: it is fitted once for each fold, on that fold's training rows."""`,
    ...steps,
    `    return ColumnTransformer([${parts.join(', ')}])`,
  ].join('\n');
}

/** A list of names as Python, on one line where it fits. */
function list(variable: string, names: readonly string[]): string {
  const line = `${variable} = [${names.map(text).join(', ')}]`;
  if (line.length <= WIDTH) return line;
  return [`${variable} = [`, ...names.map((name) => `    ${text(name)},`), ']'].join('\n');
}

/** A text as a literal of Python: JSON's is one, with every control character escaped. */
function text(value: string): string {
  return JSON.stringify(value);
}
