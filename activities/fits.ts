import type { Setting } from '../core/setting.ts';
import type { KeptFit, KeptOutcomes } from './kept.ts';

export interface FitActivities {
  /**
   * The fits of these settings that earlier jobs have made on the same rows with the same code, each fold once.
   *
   * @param families the key of each algorithm's family
   */
  recallFits(request: {
    readonly home: string;
    readonly families: Readonly<Record<string, string>>;
    readonly settings: readonly Setting[];
    /** On these folds; left out by runs that began when fits on any were asked for. */
    readonly folds?: readonly number[];
  }): Promise<KeptFit[]>;
}

/** The activity that looks for fits that need not be made again. */
export function createFitActivities(kept: KeptOutcomes): FitActivities {
  return {
    async recallFits({ home, families, settings, folds }) {
      const found = await Promise.all(
        Object.entries(families).map(([algorithm, family]) =>
          kept.fits(
            home,
            family,
            settings.filter((setting) => setting.algorithm === algorithm),
          ),
        ),
      );
      const wanted = found.flat().filter(({ fit }) => folds?.includes(fit.fold) ?? true);
      const once = new Map(wanted.map((each) => [`${each.fit.setting} ${each.fit.fold}`, each]));
      return [...once.values()];
    },
  };
}
