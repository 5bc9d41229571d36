import type { TopLevelSpec } from 'vega-lite';

/**
 * Colours with a contrast of 3 and more against a white and against a nearly black page (WCAG 2.2, 1.4.11), so that one
 * picture serves both. What is told by colour is told by shape, dash or place as well.
 */
export const COLOURS = {
  blue: '#2f7ed8',
  orange: '#d2691e',
  green: '#1a936f',
  violet: '#8a63d2',
  red: '#d64550',
  teal: '#0e8fa8',
  brown: '#96784a',
  grey: '#7d8590',
} as const;

/** For categories, in this order. */
export const PALETTE: readonly string[] = Object.values(COLOURS);

/** The line that a chart is read against. */
export const GUIDE = {
  ...({ type: 'line', color: 'currentColor', opacity: 0.5 } as const),
  strokeDash: [2, 4],
};

/** The vertical axis of a chart with a line for each name, in the order of the names. */
export function namesAxis(field: string, names: readonly string[]): NamesAxis {
  return { field, type: 'nominal', scale: { domain: [...names] }, axis: { title: null } };
}

interface NamesAxis {
  readonly field: string;
  readonly type: 'nominal';
  readonly scale: { domain: string[] };
  readonly axis: { title: null };
}

type Config = NonNullable<TopLevelSpec['config']>;

const ink = 'currentColor';

/** How all charts look: ink and page are the document's own. */
export const CONFIG: Config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  // Each picture is one image with a description; its marks are no stops of their own.
  aria: false,
  mark: { aria: false },
  view: { stroke: null },
  axis: {
    ...{ labelColor: ink, titleColor: ink, domainColor: ink, tickColor: ink, gridColor: ink },
    ...{ gridOpacity: 0.15, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 260 },
  },
  legend: { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' },
  range: { category: [...PALETTE] },
};
