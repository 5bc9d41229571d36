#!/bin/sh
# Records the history of a run and of its child workflows, for the replay tests:
#   eval "$(npx crossfold env)"; sh test/replay/record.sh NAME WORKFLOW_ID
# NAME is what the histories are called: histories/NAME.json, histories/NAME-fold-0.json, …
set -eu
[ $# -eq 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
cd "$(dirname "$0")/histories"
for id in $(temporal workflow list --query "WorkflowId STARTS_WITH '$2'" --output jsonl | sed -n 's/^{"execution":{"workflowId":"\([^"]*\)".*/\1/p'); do
  child=${id#"$2"}
  # Which process did the work, and where its code lay, says nothing about the order of things.
  temporal workflow show --workflow-id "$id" --output json |
    sed 's/"identity": "[^"]*"/"identity": "worker"/; s/"stackTrace": ".*"/"stackTrace": ""/; s#[^ "\\]*/lib/python3#lib/python3#g' > "$1$(echo "$child" | tr / -).json"
done
