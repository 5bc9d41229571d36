/** Every workflow that a worker runs; each export is registered by its name. */
export { deployWorkflow } from './deploy.ts';
export { foldWorkflow } from './fold.ts';
export { leakCheckWorkflow } from './leak-check.ts';
export { nestedWorkflow } from './nested.ts';
export { pipelineWorkflow } from './pipeline.ts';
export { retrainWorkflow } from './retrain.ts';
export { rollbackWorkflow } from './rollback.ts';
export { tuneWorkflow } from './tune.ts';
export { notifyWorkflow } from './notify.ts';
