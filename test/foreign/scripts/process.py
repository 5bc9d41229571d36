"""A processing script: halves a table."""

import pandas as pd

table = pd.read_csv("/opt/ml/processing/input/table.csv")
table.head(len(table) // 2).to_csv("/opt/ml/processing/output/half.csv", index=False)
