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
out["experiment"] = code(client.create_experiment_permission, "0", "old", "MANAGE")
assert client.create_registered_model_permission("fraud", "old", "MANAGE").permission == "MANAGE"
out["twice"] = code(client.create_registered_model_permission, "fraud", "old", "READ")
client.update_registered_model_permission("fraud", "old", "NO_PERMISSIONS")
assert client.get_registered_model_permission("fraud", "old").permission == "NO_PERMISSIONS"
out["held"] = [permission.name for permission in client.get_user("old").registered_model_permissions]
client.delete_registered_model_permission("fraud", "old")
out["gone"] = code(client.get_registered_model_permission, "fraud", "old")
client.delete_user("old")
sys.stdout.write("RESULT " + json.dumps(out))
