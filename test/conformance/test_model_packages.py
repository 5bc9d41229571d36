"""The model registry: groups, versions, approval, and what may be served of it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, IMAGE, ROLE, Stack, fresh

CONTAINER = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/m.tar.gz"}
INFERENCE = {
    "Containers": [CONTAINER],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


@pytest.fixture
def group(stack: Stack) -> str:
    """A group of the test's own."""
    name = fresh("group")
    stack.sagemaker.create_model_package_group(ModelPackageGroupName=name, ModelPackageGroupDescription="models")
    return name


def register(stack: Stack, group: str, **members: Any) -> str:
    request = {"ModelPackageGroupName": group, "InferenceSpecification": INFERENCE, **members}
    return stack.sagemaker.create_model_package(**request)["ModelPackageArn"]


def described(stack: Stack, name: str) -> dict[str, Any]:
    return stack.sagemaker.describe_model_package(ModelPackageName=name)


class TestGroups:
    def test_a_group_is_described_by_name_and_by_arn(self, stack: Stack, group: str) -> None:
        found = stack.sagemaker.describe_model_package_group(ModelPackageGroupName=group)
        assert found["ModelPackageGroupStatus"] == "Completed"
        assert found["ModelPackageGroupDescription"] == "models"
        arn = found["ModelPackageGroupArn"]
        again = stack.sagemaker.describe_model_package_group(ModelPackageGroupName=arn)
        assert again["ModelPackageGroupName"] == group

    def test_a_name_that_is_taken(self, stack: Stack, group: str) -> None:
        with pytest.raises(ClientError, match=r"ValidationException.*already exists"):
            stack.sagemaker.create_model_package_group(ModelPackageGroupName=group)

    def test_an_unknown_group(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match=r"ValidationException.*does not exist"):
            stack.sagemaker.describe_model_package_group(ModelPackageGroupName="there-is-none")
        with pytest.raises(ClientError, match="does not exist"):
            register(stack, "there-is-none")

    def test_lists_find_by_a_part_of_the_name(self, stack: Stack, group: str) -> None:
        found = stack.sagemaker.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"]
        assert [each["ModelPackageGroupName"] for each in found] == [group]

    def test_a_group_with_models_in_it_stays(self, stack: Stack, group: str) -> None:
        arn = register(stack, group)
        with pytest.raises(ClientError, match="ConflictException"):
            stack.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
        stack.sagemaker.delete_model_package(ModelPackageName=arn)
        stack.sagemaker.delete_model_package_group(ModelPackageGroupName=group)
        with pytest.raises(ClientError, match="does not exist"):
            stack.sagemaker.describe_model_package_group(ModelPackageGroupName=group)


class TestVersions:
    def test_versions_count_up_and_no_number_comes_twice(self, stack: Stack, group: str) -> None:
        arns = [register(stack, group) for _ in range(3)]
        assert [described(stack, arn)["ModelPackageVersion"] for arn in arns] == [1, 2, 3]
        stack.sagemaker.delete_model_package(ModelPackageName=arns[2])
        assert described(stack, register(stack, group))["ModelPackageVersion"] == 4

    def test_the_same_client_token_makes_the_same_version(self, stack: Stack, group: str) -> None:
        token = "0123456789abcdef0123456789abcdef0123"
        assert register(stack, group, ClientToken=token) == register(stack, group, ClientToken=token)

    def test_what_was_registered_comes_back(self, stack: Stack, group: str) -> None:
        metrics = {
            "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"s3://{BUCKET}/q.json"}}
        }
        members = {"ModelMetrics": metrics, "CustomerMetadataProperties": {"auc": "0.9"}}
        found = described(stack, register(stack, group, ModelPackageDescription="the first", **members))
        assert found["ModelMetrics"] == metrics
        assert found["CustomerMetadataProperties"] == {"auc": "0.9"}
        assert found["ModelPackageDescription"] == "the first"
        assert found["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == CONTAINER["ModelDataUrl"]
        assert found["ModelPackageStatus"] == "Completed"

    def test_an_unknown_version(self, stack: Stack, group: str) -> None:
        with pytest.raises(ClientError, match=r"ValidationException"):
            described(stack, f"{group}/7")

    def test_a_version_that_is_deleted_is_gone(self, stack: Stack, group: str) -> None:
        arn = register(stack, group)
        stack.sagemaker.delete_model_package(ModelPackageName=arn)
        with pytest.raises(ClientError, match="ValidationException"):
            described(stack, arn)


class TestApproval:
    def test_a_version_waits_for_approval(self, stack: Stack, group: str) -> None:
        assert described(stack, register(stack, group))["ModelApprovalStatus"] == "PendingManualApproval"

    @pytest.mark.parametrize("status", ["Approved", "Rejected", "PendingManualApproval"])
    def test_a_decision_is_kept_with_its_words(self, stack: Stack, group: str, status: str) -> None:
        arn = register(stack, group)
        stack.sagemaker.update_model_package(
            ModelPackageArn=arn, ModelApprovalStatus=status, ApprovalDescription="looked at"
        )
        found = described(stack, arn)
        assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == (status, "looked at")

    def test_an_approved_version_can_be_rejected_later(self, stack: Stack, group: str) -> None:
        arn = register(stack, group, ModelApprovalStatus="Approved")
        stack.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
        assert described(stack, arn)["ModelApprovalStatus"] == "Rejected"

    def test_metadata_is_added_to_and_taken_from(self, stack: Stack, group: str) -> None:
        arn = register(stack, group, CustomerMetadataProperties={"a": "1", "b": "2"})
        stack.sagemaker.update_model_package(
            ModelPackageArn=arn,
            CustomerMetadataProperties={"b": "3", "c": "4"},
            CustomerMetadataPropertiesToRemove=["a"],
        )
        assert described(stack, arn)["CustomerMetadataProperties"] == {"b": "3", "c": "4"}

    def test_only_an_approved_version_can_be_served(self, stack: Stack, group: str) -> None:
        arn = register(stack, group)
        request = {"ExecutionRoleArn": ROLE, "Containers": [{"ModelPackageName": arn}]}
        with pytest.raises(ClientError, match="not approved"):
            stack.sagemaker.create_model(ModelName=fresh("model"), **request)
        stack.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
        name = fresh("model")
        stack.sagemaker.create_model(ModelName=name, **request)
        assert stack.sagemaker.describe_model(ModelName=name)["Containers"] == [{"ModelPackageName": arn}]


class TestLists:
    def listed(self, stack: Stack, **filters: Any) -> list[int]:
        found = stack.sagemaker.list_model_packages(**filters)["ModelPackageSummaryList"]
        return [each["ModelPackageVersion"] for each in found]

    def test_of_a_group_newest_first(self, stack: Stack, group: str) -> None:
        for _ in range(3):
            register(stack, group)
        assert self.listed(stack, ModelPackageGroupName=group) == [3, 2, 1]
        assert self.listed(stack, ModelPackageGroupName=group, SortOrder="Ascending") == [1, 2, 3]

    def test_by_the_groups_arn(self, stack: Stack, group: str) -> None:
        register(stack, group)
        arn = stack.sagemaker.describe_model_package_group(ModelPackageGroupName=group)["ModelPackageGroupArn"]
        assert self.listed(stack, ModelPackageGroupName=arn) == [1]

    def test_by_approval(self, stack: Stack, group: str) -> None:
        register(stack, group)
        register(stack, group, ModelApprovalStatus="Approved")
        assert self.listed(stack, ModelPackageGroupName=group, ModelApprovalStatus="Approved") == [2]

    def test_the_best_approved_is_the_first_of_one(self, stack: Stack, group: str) -> None:
        for _ in range(3):
            register(stack, group, ModelApprovalStatus="Approved")
        found = self.listed(stack, ModelPackageGroupName=group, ModelApprovalStatus="Approved", MaxResults=1)
        assert found == [3]

    def test_of_an_unknown_group(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match="does not exist"):
            self.listed(stack, ModelPackageGroupName="there-is-none")


class TestTags:
    def test_tags_of_a_group(self, stack: Stack) -> None:
        name = fresh("group")
        made = stack.sagemaker.create_model_package_group(
            ModelPackageGroupName=name, Tags=[{"Key": "team", "Value": "a"}]
        )
        arn = made["ModelPackageGroupArn"]
        stack.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}, {"Key": "x", "Value": "y"}])
        tags = {tag["Key"]: tag["Value"] for tag in stack.sagemaker.list_tags(ResourceArn=arn)["Tags"]}
        assert tags == {"team": "b", "x": "y"}
        stack.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["x"])
        assert stack.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "b"}]

    def test_tags_of_nothing(self, stack: Stack) -> None:
        arn = "arn:aws:sagemaker:us-east-1:000000000000:model/there-is-none"
        with pytest.raises(ClientError, match="ValidationException"):
            stack.sagemaker.list_tags(ResourceArn=arn)
