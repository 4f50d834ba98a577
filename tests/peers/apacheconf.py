"""The configuration of the Apache peer: four kinds of site, each on TLS 1.2, on 1.3 and on both."""

import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tests.peers.certs import Pki
from tests.peers.daemon import worker_user

Site = Literal["paths", "root", "first", "h2"]
Tls = Literal["1.2", "1.3", "both"]
Key = tuple[Site, Tls]

SITES: tuple[Site, ...] = ("paths", "root", "first", "h2")
TLS: tuple[Tls, ...] = ("1.2", "1.3", "both")

MODULES_FOLDER = Path("/usr/lib/apache2/modules")
_MODULES = {
    "mpm_event_module": "mod_mpm_event.so",
    "authn_core_module": "mod_authn_core.so",
    "authz_core_module": "mod_authz_core.so",
    "alias_module": "mod_alias.so",
    "cgi_module": "mod_cgi.so",
    "env_module": "mod_env.so",
    "headers_module": "mod_headers.so",
    "socache_shmcb_module": "mod_socache_shmcb.so",
    "ssl_module": "mod_ssl.so",
    "http2_module": "mod_http2.so",
}
_PROTOCOLS: Mapping[Tls, str] = {"1.2": "TLSv1.2", "1.3": "TLSv1.3", "both": "TLSv1.2 +TLSv1.3"}

# SSLVerifyClient inside a Location is what makes mod_ssl ask after the request: a renegotiation on TLS 1.2,
# post-handshake authentication on 1.3 (Apache HTTP Server 2.4, mod_ssl, SSLVerifyClient).
# SSLRenegBufferSize is how much of a body it keeps meanwhile; 131,072 bytes unless told otherwise.
_PATHS = """
  <Location "/secure">
    SSLVerifyClient require
  </Location>
  <Location "/optional">
    SSLVerifyClient optional
  </Location>
  <Location "/small">
    SSLVerifyClient require
    SSLRenegBufferSize 49152
  </Location>
  <Location "/limit">
    SSLVerifyClient require
    SSLRenegBufferSize 102400
  </Location>
  <Location "/nobuf">
    SSLVerifyClient require
    SSLRenegBufferSize 0
  </Location>
"""
_ROOT = """
  <Location "/">
    SSLVerifyClient require
  </Location>
"""
_FIRST = "  SSLVerifyClient require\n"
_RULES: Mapping[Site, str] = {
    "paths": _PATHS,
    "root": _ROOT,
    "first": _FIRST,
    "h2": _PATHS + "  Protocols h2 http/1.1\n",
}

# mod_headers writes PEM with blanks instead of line feeds; without frame and blanks it is the base64 of the DER.
_FORWARD = """
  RequestHeader unset X-ARR-ClientCert
  RequestHeader set X-ARR-ClientCert "%{SSL_CLIENT_CERT}s" "expr=%{SSL_CLIENT_VERIFY} == 'SUCCESS'"
  RequestHeader edit* X-ARR-ClientCert "-----[A-Z]+ CERTIFICATE-----" ""
  RequestHeader edit* X-ARR-ClientCert "\\s" ""
"""

# A script answers at every path and method, so that an upload is a 200 and never a 405.
SCRIPT = r"""#!/bin/sh
# Reads the whole body, then tells in plain text what arrived.
bytes=$(wc -c | tr -d ' ')
case "$REQUEST_URI" in
  */missing*|*/mtls-triage-*) printf 'Status: 404 Not Found\r\n' ;;
esac
printf 'Content-Type: text/plain\r\n\r\n'
printf 'method: %s\nbody-bytes: %s\nclient-verify: %s\n' "$REQUEST_METHOD" "$bytes" "$SSL_CLIENT_VERIFY"
env | sed -n 's/^HTTP_//p' | sort | awk '{ at = index($0, "="); name = substr($0, 1, at - 1); gsub("_", "-", name)
  print name ": " substr($0, at + 1) }'
"""

ACCESS_FORMAT = (
    r"%p %{remote}p %{SSL_PROTOCOL}x %{SSL_CLIENT_VERIFY}x \"%{SSL_CLIENT_S_DN_CN}x\" %>s %I %O %X %H %m \"%U%q\""
)


def write_configuration(folder: Path, pki: Pki, ports: Mapping[Key, int]) -> Path:
    """Write httpd.conf and the script into ``folder``; return the path of the configuration."""
    script = folder / "echo.cgi"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    configuration = folder / "httpd.conf"
    hosts = "".join(_virtual_host(key, port, pki) for key, port in ports.items())
    configuration.write_text(_global(folder, ports) + hosts)
    return configuration


def _global(folder: Path, ports: Mapping[Key, int]) -> str:
    user = worker_user()
    lines = [
        f'ServerRoot "{folder}"',
        f'DefaultRuntimeDir "{folder}"',
        f'PidFile "{folder}/httpd.pid"',
        f'ErrorLog "{folder}/error.log"',
        "LogLevel warn ssl:trace3 http2:info",
        "ServerName localhost",
        f'DocumentRoot "{folder}"',
        *(f'LoadModule {name} "{MODULES_FOLDER / file}"' for name, file in _MODULES.items()),
        *((f"User {user}", f'Group "#{_group(user)}"') if user else ()),
        f'LogFormat "{ACCESS_FORMAT}" peer',
        f'CustomLog "{folder}/access.log" peer',
        'SSLSessionCache "shmcb:sessions(512000)"',
        "SSLRandomSeed connect builtin",
        "StartServers 1",
        "ThreadsPerChild 16",
        "ServerLimit 2",
        "MaxRequestWorkers 32",
        "Timeout 20",
        "KeepAliveTimeout 5",
        f'ScriptAliasMatch "^/.*$" "{folder}/echo.cgi"',
        f'<Directory "{folder}">\n  Require all granted\n  Options +ExecCGI\n</Directory>',
        *(f"Listen 127.0.0.1:{port}" for port in ports.values()),
    ]
    return "\n".join(lines) + "\n"


def _virtual_host(key: Key, port: int, pki: Pki) -> str:
    site, tls = key
    return f"""
<VirtualHost 127.0.0.1:{port}>
  SSLEngine on
  SSLProtocol {_PROTOCOLS[tls]}
  SSLCertificateFile "{pki.server.certificate}"
  SSLCertificateKeyFile "{pki.server.key}"
  SSLCACertificateFile "{pki.ca}"
  SSLOptions +StdEnvVars
{_RULES[site]}{_FORWARD}</VirtualHost>
"""


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid
