import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { Draw } from '../core/report/page.ts';

/** Draws a chart as SVG, without a browser. */
export const draw: Draw = async (spec) => {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
};
