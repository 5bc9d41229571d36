"""The SageMaker Python SDK, version 2, with its default arguments, against the endpoint that the environment names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import sagemaker
from sagemaker.model_monitor import DataCaptureConfig
from sagemaker.processing import ProcessingInput, ProcessingOutput
from sagemaker.sklearn import SKLearn, SKLearnProcessor
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner

from table import table

SCRIPTS = Path(__file__).parent / "scripts"
ROLE = os.environ["CROSSFOLD_ROLE_ARN"]
METRICS = [{"Name": "auc", "Regex": "auc=([0-9.]+);"}]


def main() -> None:
    session = sagemaker.Session()
    data = session.upload_data(table(), key_prefix="sdk/data")
    folder = data.rpartition("/")[0]
    common = {"framework_version": "1.2-1", "role": ROLE, "instance_type": "ml.m5.large"}

    estimator = SKLearn(
        "train.py",
        source_dir=str(SCRIPTS),
        hyperparameters={"C": 0.5},
        metric_definitions=METRICS,
        instance_count=1,
        **common,
    )
    estimator.fit({"train": folder})
    auc = estimator.training_job_analytics  # the job's name is known
    assert auc is not None
    described = estimator.latest_training_job.describe()
    assert described["TrainingJobStatus"] == "Completed", described
    assert described["FinalMetricDataList"][0]["MetricName"] == "auc"

    tuner = HyperparameterTuner(
        estimator, "auc", {"C": ContinuousParameter(0.01, 10)}, METRICS, max_jobs=3, max_parallel_jobs=2
    )
    tuner.fit({"train": folder})
    assert tuner.best_training_job()

    predictor = estimator.deploy(1, "ml.m5.large", data_capture_config=DataCaptureConfig(enable_capture=True))
    answer = predictor.predict([[6, 1], [0, 2]])
    assert [int(label) for label in answer] == [1, 0], answer
    endpoint = session.sagemaker_client.describe_endpoint(EndpointName=predictor.endpoint_name)
    assert endpoint["DataCaptureConfig"]["CaptureStatus"] == "Started"
    predictor.delete_endpoint()

    bucket = session.default_bucket()
    transformer = estimator.transformer(1, "ml.m5.large")
    transformer.transform(session.upload_string_as_file_body("[[6, 1], [0, 2]]", bucket, "sdk/rows.json"))
    assert json.loads(sagemaker.s3.S3Downloader.read_file(f"{transformer.output_path}/rows.json.out")) == [1, 0]

    processor = SKLearnProcessor(instance_count=1, **common)
    processor.run(
        code=str(SCRIPTS / "process.py"),
        inputs=[ProcessingInput(folder, "/opt/ml/processing/input")],
        outputs=[ProcessingOutput("/opt/ml/processing/output", output_name="half")],
    )
    (output,) = processor.latest_job.outputs
    half = sagemaker.s3.S3Downloader.read_file(f"{output.destination}/half.csv")
    assert len(half.splitlines()) == 36

    package = estimator.register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name="sdk",
        approval_status="Approved",
    )
    assert package.model_package_arn.endswith("/sdk/1")
    print(json.dumps({"ok": True}))


if __name__ == "__main__":
    main()
