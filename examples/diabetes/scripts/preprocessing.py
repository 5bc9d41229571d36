"""What the diabetes pipeline predicts, from which columns, and how they are prepared."""

from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "target"
NUMERIC = ["age", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
CATEGORICAL = ["sex"]


def build_preprocessing() -> ColumnTransformer:
    """Return it unfitted: it is fitted once for each fold, on that fold's training rows."""
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", StandardScaler(), NUMERIC), ("categories", categories, CATEGORICAL)])
