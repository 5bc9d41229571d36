"""The events of jobs in a queue, as EventBridge sends them to one of SQS."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import Stack, until


@pytest.fixture
def queue(stack: Stack) -> str:
    return f"{stack.client('sqs').meta.endpoint_url}/000000000000/crossfold-events"


def received(stack: Stack, queue: str, name: str) -> list[dict[str, Any]]:
    """The events of a job that wait, in their order; they are taken out of the queue."""
    sqs, found = stack.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            event = json.loads(message["Body"])
            if event["detail"].get("TrainingJobName") == name:
                found.append(event)
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_each_change_of_a_job_is_told(stack: Stack, queue: str) -> None:
    name = stack.train("print('done')")
    arn = stack.trained(name)["TrainingJobArn"]
    events = received(stack, queue, name)
    assert [event["detail"]["SecondaryStatus"] for event in events][-2:] == ["Uploading", "Completed"]
    last = events[-1]
    assert (last["source"], last["detail-type"]) == ("aws.sagemaker", "SageMaker Training Job State Change")
    assert last["resources"] == [arn] == [last["detail"]["TrainingJobArn"]]
    assert last["detail"]["TrainingJobStatus"] == "Completed"


def test_a_message_is_waited_for(stack: Stack, queue: str) -> None:
    received(stack, queue, "")
    name = stack.train("print('done')")
    answer = stack.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)
    assert json.loads(answer["Messages"][0]["Body"])["detail"]["TrainingJobName"] == name
    stack.trained(name)


def test_an_empty_queue_answers_after_the_wait(stack: Stack, queue: str) -> None:
    until(lambda: not received(stack, queue, ""), "an empty queue")
    began = time.monotonic()
    assert "Messages" not in stack.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=1)
    assert time.monotonic() - began >= 0.9


def test_there_is_one_queue(stack: Stack, queue: str) -> None:
    with pytest.raises(ClientError, match="There is no queue"):
        stack.client("sqs").receive_message(QueueUrl=f"{queue}-other")
