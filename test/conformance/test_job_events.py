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


def test_the_end_of_a_job_is_told_once(stack: Stack, queue: str) -> None:
    name = stack.train("print('done')")
    arn = stack.trained(name)["TrainingJobArn"]
    (event,) = received(stack, queue, name)
    assert (event["source"], event["detail-type"]) == ("aws.sagemaker", "SageMaker Training Job State Change")
    assert event["resources"] == [arn] == [event["detail"]["TrainingJobArn"]]
    assert (event["detail"]["TrainingJobStatus"], event["detail"]["SecondaryStatus"]) == ("Completed", "Completed")


def test_several_messages_are_deleted_at_once(stack: Stack, queue: str) -> None:
    received(stack, queue, "")
    names = [stack.train("print('done')") for _ in range(2)]
    for name in names:
        stack.trained(name)
    sqs = stack.client("sqs")
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    entries = [{"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]} for message in messages]
    answer = sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
    assert [each["Id"] for each in answer["Successful"]] == [entry["Id"] for entry in entries]
    told = [json.loads(message["Body"])["detail"]["TrainingJobName"] for message in messages]
    assert set(names) <= set(told)


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
