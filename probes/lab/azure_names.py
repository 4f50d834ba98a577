"""The fixed names of the lab's Azure: identifiers that are no secrets, the same in every lab."""

from probes.lab.forward import SITE_NAME

TENANT = "00000000-0000-0000-0000-00000000000a"
CLIENT_ID = "00000000-0000-0000-0000-00000000000c"
"""The application id of the lab's service principal."""

IDENTITY_CLIENT_ID = "00000000-0000-0000-0000-00000000001c"
"""The client id of the lab's managed identity."""

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SUBSCRIPTIONS = {SUBSCRIPTION: "Lab", OTHER_SUBSCRIPTION: "Lab, second subscription"}
GROUP = "lab"
PLAN = "lab-plan"
LOCATION = "West Europe"
SITE_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Web/sites/{SITE_NAME}"

SECRET_ENV = {
    "AZURE_TENANT_ID": "{azure_tenant_id}",
    "AZURE_CLIENT_ID": "{azure_client_id}",
    "AZURE_CLIENT_SECRET": "{azure_client_secret}",
}
"""The ``env`` of a scenario that signs in as a service principal, by the names that azure-identity reads."""
