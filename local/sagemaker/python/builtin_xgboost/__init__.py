"""SageMaker's built-in XGBoost algorithm without a script: what its container does, by the xgboost library."""
