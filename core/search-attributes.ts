/** What runs can be searched by in Temporal, and the type of each; the server must know them before the first run. */
export const SEARCH_ATTRIBUTES = {
  CrossfoldPipeline: 'Keyword',
  CrossfoldStage: 'Keyword',
  CrossfoldAlgorithm: 'Keyword',
  CrossfoldScore: 'Double',
  CrossfoldCost: 'Double',
} as const;
