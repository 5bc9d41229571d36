"""Writes the tables that come with scikit-learn as CSV files into a folder."""

import sys
from pathlib import Path

from sklearn import datasets


def main() -> None:
    folder = Path(sys.argv[1])
    for load in (datasets.load_breast_cancer, datasets.load_wine, datasets.load_diabetes):
        load(as_frame=True).frame.to_csv(folder / f"{load.__name__.removeprefix('load_')}.csv", index=False)
    iris = datasets.load_iris(as_frame=True)
    frame = iris.frame.rename(columns={"target": "species"})
    frame["species"] = [str(iris.target_names[number]) for number in frame["species"]]
    frame.to_csv(folder / "iris.csv")


if __name__ == "__main__":
    main()
