"""The default host names of App Service, by cloud."""

DEFAULT_SUFFIXES = (".azurewebsites.net", ".azurewebsites.us", ".chinacloudsites.cn")
"""Global Azure, Azure Government, Azure operated by 21Vianet; the certificate of these names is Microsoft's own.

Microsoft Learn, "Azure App Service TLS overview", 2025-02; "Compare Azure Government and global Azure"; "Azure China
developer guide".
"""
