"""The library behind crossfold's job scripts: it reads, splits, fits, scores and serves."""
