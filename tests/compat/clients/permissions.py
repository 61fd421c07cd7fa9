"""MLflow's AuthServiceClient of 3.17: users, permissions of users, roles. Prints what it read."""

import json
import os
import sys

from mlflow.exceptions import MlflowException
from mlflow.server.auth.client import AuthServiceClient
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

url = os.environ["MLFLOW_TRACKING_URI"]
client = AuthServiceClient(url)


def code(call, *arguments):
    try:
        call(*arguments)
    except MlflowException as error:
        return error.error_code
    return "OK"


made = client.create_user("ann", "a long enough password")
assert (made.username, made.is_admin) == ("ann", False)
assert client.get_user("ann").id == made.id
out = {"twice": code(client.create_user, "ann", "a long enough password"), "nobody": code(client.get_user, "nobody")}
client.update_user_password("ann", "another long password")
client.update_user_admin("ann", True)
assert client.get_user("ann").is_admin
client.update_user_admin("ann", False)

client.grant_user_permission("ann", "registered_model", "fraud", "EDIT")
found = client.get_user_permission("ann", "registered_model", "fraud")
assert (found.allowed, found.permission) == (True, "EDIT"), found.to_json()
client.grant_user_permission("ann", "registered_model", "fraud", "USE")
found = client.get_user_permission("ann", "registered_model", "fraud")
assert (found.allowed, found.permission) == (True, "USE"), found.to_json()
client.grant_user_permission("ann", "registered_model", "fraud", "DENY")
found = client.get_user_permission("ann", "registered_model", "fraud")
assert (found.allowed, found.permission) == (False, "DENY"), found.to_json()
client.revoke_user_permission("ann", "registered_model", "fraud")
found = client.get_user_permission("ann", "registered_model", "fraud")
assert (found.allowed, found.permission) == (False, "READ"), found.to_json()
out["revoked twice"] = code(client.revoke_user_permission, "ann", "registered_model", "fraud")
out["no such word"] = code(client.grant_user_permission, "ann", "prompt", "p", "OWN")
for kind in ("experiment", "gateway_secret", "workspace"):
    out[f"no {kind}"] = code(client.grant_user_permission, "ann", kind, "x", "READ")

role = client.create_role("default", "reviewers", "who reviews")
assert (role.name, role.workspace, role.description) == ("reviewers", "default", "who reviews")
out["role twice"] = code(client.create_role, "default", "reviewers")
assert client.update_role(role.id, name="judges").name == "judges"
permission = client.add_role_permission(role.id, "registered_model", "*", "MANAGE")
assert (permission.resource_type, permission.resource_pattern) == ("registered_model", "*")
assert permission.permission == "MANAGE"
assert client.update_role_permission(permission.id, "EDIT").permission == "EDIT"
space = client.add_role_permission(role.id, "workspace", "*", "USE")
assert [p.permission for p in client.list_role_permissions(role.id)] == ["USE", "EDIT"]
assignment = client.assign_role("ann", role.id)
assert (assignment.user_id, assignment.role_id) == (made.id, role.id)
assert [r.name for r in client.list_user_roles("ann")] == ["judges"]
assert [a.user_id for a in client.list_role_users(role.id)] == [made.id]
assert client.get_user_permission("ann", "registered_model", "any").permission == "EDIT"
assert [r.name for r in client.list_roles("default")] == ["judges"] == [r.name for r in client.list_all_roles()]
assert len(client.get_role(role.id).permissions) == 2

creds = get_default_host_creds(url)
for prefix in ("/api", "/ajax-api"):
    rows = http_request(creds, f"{prefix}/3.0/mlflow/users/permissions/list", "GET", params={"username": "ann"}).json()
    out[f"{prefix} permissions"] = [[r["role_name"], r["resource_type"], r["permission"]] for r in rows["permissions"]]
    listed = http_request(creds, f"{prefix}/2.0/mlflow/users/list", "GET").json()["users"]
    out[f"{prefix} users"] = [[u["username"], [r["name"] for r in u["roles"]]] for u in listed]
    me = http_request(creds, f"{prefix}/2.0/mlflow/users/current", "GET").json()["user"]
    out[f"{prefix} current"] = me["is_admin"]

client.remove_role_permission(space.id)
assert [p.id for p in client.list_role_permissions(role.id)] == [permission.id]
client.unassign_role("ann", role.id)
assert client.list_user_roles("ann") == []
client.delete_role(role.id)
out["role gone"] = code(client.get_role, role.id)
client.delete_user("ann")
out["user gone"] = code(client.get_user, "ann")
sys.stdout.write("RESULT " + json.dumps(out))
