"""Scenarios of the site in Azure: a door that is shut, settings that do not act, a slot, a plan, HTTP 2.0."""

from probes.lab.scenario import Fix, Scenario

_DEBUG = ("--ca", "{ca}", "--debug-path", "/debug/headers", "--cert", "{certificate}")
_WITH = (*_DEBUG, "--config", "{config}")
_LIVE = (*_DEBUG, "--arm-endpoint", "{arm}", "--authority", "{entra}")
_SIGNED_IN = {
    "AZURE_TENANT_ID": "{azure_tenant_id}",
    "AZURE_CLIENT_ID": "{azure_client_id}",
    "AZURE_CLIENT_SECRET": "{azure_client_secret}",
}
_ALIKE = [{"name": "staging", "settings": {"hostNames": ["staging.localhost"]}}]
_OTHER = [{"name": "staging", "settings": {"clientCertMode": "Optional", "hostNames": ["staging.localhost"]}}]
_UPLOADED = {"slots": _ALIKE, "public_certificates": ["partner"]}
_CHECKS = {"validator": {"rule": "chain", "has_intermediate": True}}
_EXPECTED = (*_LIVE, "--answer", "uploaded=it is")
_OFFICE = [{"ipAddress": "203.0.113.0/24", "action": "Allow", "priority": 100, "name": "office"}]

SCENARIOS = (
    Scenario(
        name="healthy-azure",
        title="The settings are read from Azure, the slots are alike; nothing is wrong",
        expected_finding="healthy",
        state={"azure": {"slots": _ALIKE}},
        options=_LIVE,
        env=_SIGNED_IN,
    ),
    Scenario(
        name="host-name-unbound",
        title="Clients refuse the new host name: its certificate is for another one",
        expected_finding="host-name-unbound",
        state={"settings": {"hostNames": ["lab-site.lab.test", "localhost"], "unboundHostNames": ["localhost"]}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"settings": {"unboundHostNames": []}}),
    ),
    Scenario(
        name="site-stopped",
        title="Since last night every request is answered with 403",
        expected_finding="site-stopped",
        state={"settings": {"state": "Stopped"}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"settings": {"state": "Running"}}),
    ),
    Scenario(
        name="public-access-disabled",
        title="Colleagues inside the network get through, everybody else is answered with 403",
        expected_finding="public-access-disabled",
        state={"settings": {"publicNetworkAccess": "Disabled"}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"settings": {"publicNetworkAccess": "Enabled"}}),
    ),
    Scenario(
        name="access-restricted",
        title="From the office it works, from here every request is answered with 403",
        expected_finding="access-restricted",
        state={"settings": {"ipSecurityRestrictions": _OFFICE}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"settings": {"ipSecurityRestrictions": []}}),
    ),
    Scenario(
        name="easy-auth-refused",
        title="A machine with a certificate is sent to a login page",
        expected_finding="easy-auth-refused",
        state={"settings": {"auth": {"enabled": True}}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"settings": {"auth": {"enabled": False}}}),
    ),
    Scenario(
        name="settings-not-in-effect",
        title="The settings say Required, and requests without a certificate get through",
        expected_finding="settings-not-in-effect",
        state={"edge": {"stale_settings": {"clientCertEnabled": False}}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"edge": {"stale_settings": None}}),
    ),
    Scenario(
        name="plan-too-small",
        title="The trial site asks nobody for a certificate",
        expected_finding="plan-too-small",
        state={"settings": {"sku": "Free", "clientCertEnabled": False}},
        options=_WITH,
        control="healthy-required",
        fix=Fix(lab={"settings": {"sku": "Basic", "clientCertEnabled": True}}),
    ),
    Scenario(
        name="http2-disables-certificates",
        title="Since somebody tried HTTP 2.0 the app gets no certificate any more",
        expected_finding="http2-disables-certificates",
        state={
            "settings": {"http20Enabled": True, "clientCertEnabled": False},
            "azure": {
                "slots": [],
                "past_changes": [
                    {
                        "hours_ago": 20,
                        "path": "properties.siteConfig.http20Enabled",
                        "before": "false",
                        "after": "true",
                    },
                    {"hours_ago": 20, "path": "properties.clientCertEnabled", "before": "true", "after": "false"},
                ],
            },
        },
        options=_LIVE,
        env=_SIGNED_IN,
        control="healthy-azure",
        fix=Fix(lab={"settings": {"http20Enabled": False, "clientCertEnabled": True}}),
    ),
    Scenario(
        name="healthy-other-slot",
        title="A slot has other settings, as slots often do; nothing is wrong",
        expected_finding="healthy",
        state={"azure": {"slots": _OTHER}},
        options=_LIVE,
        env=_SIGNED_IN,
    ),
    Scenario(
        name="slot-differs",
        title="Since the swap the app gets no certificate; in staging it got one",
        expected_finding="slot-differs",
        state={"settings": {"clientCertEnabled": False}, "azure": {"slots": _ALIKE}},
        options=_LIVE,
        env=_SIGNED_IN,
        control="healthy-other-slot",
        fix=Fix(lab={"settings": {"clientCertEnabled": True}}),
    ),
    Scenario(
        name="healthy-strangers-refused",
        title="A certificate is uploaded, and the app itself checks who issued the caller's; nothing is wrong",
        expected_finding="healthy",
        state={"azure": _UPLOADED, "app": _CHECKS},
        options=_EXPECTED,
        env=_SIGNED_IN,
    ),
    Scenario(
        name="uploaded-cer-is-no-trust-list",
        title="The partner's certificate was uploaded so that only the partner gets in, and an audit got in too",
        expected_finding="uploaded-cer-is-no-trust-list",
        state={"azure": _UPLOADED},
        options=_EXPECTED,
        env=_SIGNED_IN,
        control="healthy-strangers-refused",
        fix=Fix(lab={"app": _CHECKS}),
    ),
)
"""In the order in which they are listed; those that are read from Azure have a control that is read there too."""
