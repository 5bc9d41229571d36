"""What the Titanic pipeline predicts, from which columns, and how they are prepared.

This is the only file that names columns. Columns of the data that are not named here are ignored.
"""

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "Survived"
NUMERIC = ["Age", "SibSp", "Parch", "Fare"]
CATEGORICAL = ["Pclass", "Sex", "Deck", "Embarked"]
SENSITIVE = ["Sex"]  # the report compares how these groups are treated


def build_preprocessing() -> ColumnTransformer:
    """Return it unfitted: it is fitted once for each fold, on that fold's training rows."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer([("numbers", numbers, NUMERIC), ("categories", categories, CATEGORICAL)])
