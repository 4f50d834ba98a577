"""Access restrictions: whether the rules of a site refuse anybody at all."""

from probes.model import SiteConfig


def restricts(config: SiteConfig) -> bool:
    """Whether the access restrictions may refuse a caller: any rule but "Allow all", or a default of Deny.

    Where there is a rule, whoever matches none is refused (Microsoft Learn, Azure App Service access restrictions).
    """
    if (config.ip_default_action or "").lower() == "deny":
        return True
    rules = config.ip_restrictions or ()
    return any((rule.action or "").lower() == "deny" or rule.who.lower() != "any" for rule in rules)
