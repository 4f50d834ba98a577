"""The bodies below ``…/config`` of a site: web, authsettingsV2 without secrets, and slotConfigNames."""

from typing import Any

from probes.lab.arm_inventory import WebSite
from probes.lab.settings import IpRule, Settings

_ALLOW_ALL = {
    "ipAddress": "Any",
    "action": "Allow",
    "priority": 2147483647,
    "name": "Allow all",
    "description": "Allow all access",
}
"""What the service shows where no rule was set (Microsoft Learn, Azure App Service access restrictions)."""
_NULL = (
    "windowsFxVersion", "remoteDebuggingVersion", "azureMonitorLogCategories", "acrUserManagedIdentityID",
    "publishingPassword", "appSettings", "metadata", "connectionStrings", "machineKey", "handlerMappings",
    "documentRoot", "javaVersion", "javaContainer", "javaContainerVersion", "runtimeADUser", "runtimeADUserPassword",
    "limits", "autoHealRules", "tracingOptions", "cors", "push", "apiDefinition", "apiManagementConfig",
    "autoSwapSlotName", "managedServiceIdentityId", "xManagedServiceIdentityId", "keyVaultReferenceIdentity",
    "scmIpSecurityRestrictionsDefaultAction", "supportedTlsCipherSuites", "elasticWebAppScaleLimit",
    "healthCheckPath", "websiteTimeZone", "sitePort",
)  # fmt: skip
_FALSE = (
    "requestTracingEnabled", "remoteDebuggingEnabled", "httpLoggingEnabled", "acrUseManagedIdentityCreds",
    "detailedErrorLoggingEnabled", "use32BitWorkerProcess", "webSocketsEnabled", "customAppPoolIdentityAdminState",
    "customAppPoolIdentityTenantState", "autoHealEnabled", "vnetRouteAllEnabled", "localMySqlEnabled",
    "scmIpSecurityRestrictionsUseMain", "fileChangeAuditEnabled", "functionsRuntimeScaleMonitoringEnabled",
    "antivirusScanEnabled",
)  # fmt: skip
_ZERO = (
    "winAuthAdminState", "winAuthTenantState", "vnetPrivatePortsCount", "preWarmedInstanceCount",
    "functionAppScaleLimit", "minimumElasticInstanceCount", "http20ProxyFlag",
)  # fmt: skip
_TEXTS = {
    "netFrameworkVersion": "v4.0",
    "phpVersion": "",
    "pythonVersion": "",
    "nodeVersion": "",
    "powerShellVersion": "",
    "linuxFxVersion": "",
    "appCommandLine": "",
    "scmType": "None",
    "managedPipelineMode": "Integrated",
    "loadBalancing": "LeastRequests",
    "vnetName": "",
    "scmMinTlsVersion": "1.2",
    "ftpsState": "FtpsOnly",
    "storageType": "StorageVolume",
}


def web_properties(settings: Settings) -> dict[str, Any]:
    """Return the properties of config/web, nulls included; an empty list of rules is shown as "Allow all"."""
    rules = [_rule(rule) for rule in settings.ip_security_restrictions] or [_ALLOW_ALL]
    return {
        **dict.fromkeys(_NULL),
        **dict.fromkeys(_FALSE, False),
        **dict.fromkeys(_ZERO, 0),
        **_TEXTS,
        "numberOfWorkers": 1,
        "defaultDocuments": ["Default.htm", "index.html"],
        "windowsConfiguredStacks": [],
        "logsDirectorySizeLimit": 35,
        "alwaysOn": True,
        "virtualApplications": [],
        "routingRules": [],
        "experiments": {"rampUpRules": []},
        "siteAuthEnabled": settings.auth.enabled,
        "siteAuthSettings": {"enabled": settings.auth.enabled},
        "azureStorageAccounts": {},
        "publishingUsername": "$lab-site",
        "publicNetworkAccess": settings.public_network_access,
        "ipSecurityRestrictions": rules,
        "ipSecurityRestrictionsDefaultAction": settings.ip_security_restrictions_default_action,
        "scmIpSecurityRestrictions": [_ALLOW_ALL],
        "http20Enabled": settings.http20_enabled,
        "minTlsVersion": settings.min_tls_version,
        "minTlsCipherSuite": settings.min_tls_cipher_suite,
    }


SITE_CONFIG_KEYS = tuple(web_properties(Settings()))
"""The keys of ``siteConfig``."""


def _rule(rule: IpRule) -> dict[str, Any]:
    row = {"ipAddress": rule.ip_address, "action": rule.action, "tag": "Default", "priority": rule.priority}
    return {**row, "name": rule.name}


def config_web(site: WebSite) -> dict[str, Any]:
    """Return config/web; its name is the site's, not ``web``."""
    return {
        "id": f"{site.id}/config/web",
        "name": site.full_name,
        "type": f"{site.type}/config",
        "location": site.location,
        "properties": web_properties(site.settings),
    }


def auth_settings_v2(site: WebSite) -> dict[str, Any]:
    """Return config/authsettingsV2 as a GET has it, without secrets."""
    auth = site.settings.auth
    return {
        "id": f"{site.id}/config/authsettingsV2",
        "name": "authsettingsV2",
        "type": f"{site.type}/config",
        "location": site.location,
        "properties": {
            "platform": {"enabled": auth.enabled, "runtimeVersion": "~1"},
            "globalValidation": {
                "requireAuthentication": auth.require_authentication,
                "unauthenticatedClientAction": auth.unauthenticated_client_action,
                "redirectToProvider": "azureactivedirectory",
                "excludedPaths": list(auth.excluded_paths),
            },
            "identityProviders": {
                "azureActiveDirectory": {"enabled": auth.enabled, "registration": {}, "login": {}, "validation": {}}
            },
            "login": {"routes": {}, "tokenStore": {"enabled": False}, "preserveUrlFragmentsForLogins": False},
            "httpSettings": {
                "requireHttps": True,
                "routes": {"apiPrefix": "/.auth"},
                "forwardProxy": {"convention": "NoProxy"},
            },
        },
    }


def slot_config_names(site: WebSite) -> dict[str, Any]:
    """Return config/slotConfigNames: no app setting is tied to a slot."""
    names = {"connectionStringNames": None, "appSettingNames": None, "azureStorageConfigNames": None}
    return {
        "id": f"{site.id}/config/slotConfigNames",
        "name": site.name,
        "type": "Microsoft.Web/sites/config",
        "location": site.location,
        "properties": names,
    }
