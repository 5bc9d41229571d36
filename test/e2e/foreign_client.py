"""Looks at a run's jobs and asks its endpoint with boto3, which knows nothing of crossfold."""

from __future__ import annotations

import json

import boto3


def main() -> None:
    sagemaker = boto3.client("sagemaker")
    training = [
        job["TrainingJobName"]
        for page in sagemaker.get_paginator("list_training_jobs").paginate()
        for job in page["TrainingJobSummaries"]
    ]
    processing = [
        job["ProcessingJobName"]
        for page in sagemaker.get_paginator("list_processing_jobs").paginate()
        for job in page["ProcessingJobSummaries"]
    ]
    described = sagemaker.describe_training_job(TrainingJobName=training[0])
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="titanic",
        ContentType="text/csv",
        Body="Age,SibSp,Parch,Fare,Pclass,Sex,Deck,Embarked\n22,1,0,7.25,3,male,,Southampton\n",
    )
    print(
        json.dumps(
            {
                "training": training,
                "processing": processing,
                "described": described["TrainingJobStatus"],
                "answer": answer["Body"].read().decode(),
            }
        )
    )


if __name__ == "__main__":
    main()
