"""MLflow's AuthServiceClient of 2.22: users, permissions on experiments and registered models."""

import json
import os
import sys

from mlflow.exceptions import MlflowException
from mlflow.server.auth.client import AuthServiceClient

client = AuthServiceClient(os.environ["MLFLOW_TRACKING_URI"])


def code(call, *arguments):
    try:
        call(*arguments)
    except MlflowException as error:
        return error.error_code
    return "OK"


made = client.create_user("old", "a long enough password")
assert made.experiment_permissions == []
client.update_user_password("old", "another long password")
client.update_user_admin("old", True)
client.update_user_admin("old", False)
out = {}
for kind, key in (("experiment", "0"), ("registered_model", "fraud")):
    create, get, update, delete = (getattr(client, f"{verb}_{kind}_permission") for verb in ("create", "get", "update", "delete"))
    assert create(key, "old", "MANAGE").permission == "MANAGE"
    out[f"{kind} twice"] = code(create, key, "old", "READ")
    update(key, "old", "NO_PERMISSIONS")
    assert get(key, "old").permission == "NO_PERMISSIONS"
    out[f"{kind} held"] = len(client.get_user("old").experiment_permissions), len(client.get_user("old").registered_model_permissions)
    delete(key, "old")
    out[f"{kind} gone"] = code(get, key, "old")
client.delete_user("old")
sys.stdout.write("RESULT " + json.dumps(out))
