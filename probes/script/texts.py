"""What stands above the calls of a script, in each shell."""

BASH = r"""#!/usr/bin/env bash
# Written by mtls-triage @@VERSION@@. Asks @@TARGET@@ with curl, and with nothing else, when
# and whether it takes a client certificate. Run it where the private key is:
#
#   MTLS_CERT=client.pem bash this-script.sh > answers.txt      then: mtls-triage read answers.txt
#
# Sends @@REQUESTS@@ requests, @@UPLOADS@@ of them with a body, @@BYTES@@ bytes at most, to @@PATH@@
# (a path that does not exist, unless one was named). It changes nothing on the site or in Azure.
# The private key stays here. Values of request headers and of cookies are left out of the answers, and so are secrets
# in the query. Look at answers.txt before you hand it on.
#
# MTLS_CERT       certificate (PEM with its key, or PFX); leave it empty to ask without one
# MTLS_KEY        its private key, when it is in a file of its own
# MTLS_CERT_TYPE  P12 for a PFX file
# MTLS_PASS       the pass phrase, if there is one; curl gets it from a pipe and not as an argument
# MTLS_CA         a file with authorities to trust beside the system's
# MTLS_HEADERS    a file with further request headers, one on each line
# MTLS_SECRET     the secret in the query of the address (?code=...), if there is one
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

identity=()
if [ -n "${MTLS_CERT-}" ]; then
  identity=(--cert "$MTLS_CERT" --cert-type "${MTLS_CERT_TYPE-PEM}")
  if [ -n "${MTLS_KEY-}" ]; then identity+=(--key "$MTLS_KEY"); fi
fi
authorities=()
if [ -n "${MTLS_CA-}" ]; then authorities=(--cacert "$MTLS_CA"); fi
common=(--disable --verbose --silent --show-error --max-time @@TIMEOUT@@ --path-as-is
  --user-agent mtls-triage/@@VERSION@@)
if [ -n "${MTLS_HEADERS-}" ]; then common+=(--header "@$MTLS_HEADERS"); fi

phrase() {
  if [ -n "${MTLS_PASS-}" ]; then printf '%s' "$MTLS_PASS" | sed 's/[\\"]/\\&/g; s/^/pass = "/; s/$/"/'; fi
}

body() { # a file of so many bytes, for --data-binary
  [ -e "$work/$1.body" ] || head -c "$1" /dev/zero >"$work/$1.body"
  printf '@%s' "$work/$1.body"
}

secrets() { # what must not be in the answers, one on each line; the first line is never empty
  printf 'none\n%s\n%s\n' "${MTLS_SECRET-}" "${MTLS_PASS-}"
  if [ -n "${MTLS_HEADERS-}" ]; then
    sed 's/^[^:]*:[[:space:]]*//' "$MTLS_HEADERS"
    sed -n 's/^[^:]*:.*[[:space:]]//p' "$MTLS_HEADERS"
  fi
}

hidden() { # leaves them out
  awk 'NR == FNR { if (length($0) > 5) secret[++count] = $0; next }
       { for (i = 1; i <= count; i++)
           while ((at = index($0, secret[i])) > 0)
             $0 = substr($0, 1, at - 1) "[left out]" substr($0, at + length(secret[i]))
         print }' <(secrets) -
}

shown() { # curl's words without secrets
  awk '/^\* (h2h3 |\[HTTP\/[23]\] )/ { next }
       /^> / && $2 ~ /:$/ && tolower($2) !~ /^(host|expect|content-length|transfer-encoding):$/ {
         print ">", $2, "[left out]"; next }
       /^< / && tolower($2) ~ /(cookie|token|auth|key|secret)/ { print "<", $2, "[left out]"; next }
       { print }' "$work/trace" |
    sed -E 's/([?&](code|sig|token|key|access_token|api_?key|password|secret)=)[^& ]*/\1[redacted]/g'
}

probe() { # what it is, then the arguments of curl
  printf '%s\n' "$1"
  shift
  : >"$work/trace"
  : >"$work/answer"
  curl "${common[@]}" --config <(phrase) --stderr "$work/trace" --output "$work/answer" "$@" >/dev/null
  shown | hidden
  printf '=== body\n'
  head -c 20000 "$work/answer" | LC_ALL=C tr -d '\000-\010\013\014\016-\037' | hidden
  printf '\n=== end %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
}

if [ -n "${MTLS_CERT-}" ]; then
  printf '%s\n' @@WITH@@
else
  printf '%s\n' @@WITHOUT@@
fi
"""

POWERSHELL = r"""# Written by mtls-triage @@VERSION@@. Asks @@TARGET@@ with curl, and with nothing else, when
# and whether it takes a client certificate. Run it where the private key is:
#
#   $env:MTLS_CERT = "client.pfx"; $env:MTLS_CERT_TYPE = "P12"; .\this-script.ps1 > answers.txt
#   then: mtls-triage read answers.txt
#
# Sends @@REQUESTS@@ requests, @@UPLOADS@@ of them with a body, @@BYTES@@ bytes at most, to @@PATH@@
# (a path that does not exist, unless one was named). It changes nothing on the site or in Azure.
# The private key stays here. Values of request headers and of cookies are left out of the answers, and so are secrets
# in the query. Look at answers.txt before you hand it on. The curl of Windows (Schannel) does not say when it is
# asked for a certificate; a curl with OpenSSL says more.
#
# MTLS_CERT       certificate (PFX, or PEM with its key); leave it empty to ask without one
# MTLS_KEY        its private key, when it is in a file of its own
# MTLS_CERT_TYPE  P12 for a PFX file
# MTLS_PASS       the pass phrase, if there is one; curl gets it from a pipe and not as an argument
# MTLS_CA         a file with authorities to trust beside the system's
# MTLS_HEADERS    a file with further request headers, one on each line
# MTLS_SECRET     the secret in the query of the address (?code=...), if there is one
$work = New-Item -ItemType Directory -Path ([IO.Path]::GetTempPath()) -Name ("mtls-" + [Guid]::NewGuid())
$identity = @()
if ($env:MTLS_CERT) {
  $kind = if ($env:MTLS_CERT_TYPE) { $env:MTLS_CERT_TYPE } else { 'PEM' }
  $identity = @('--cert', $env:MTLS_CERT, '--cert-type', $kind)
  if ($env:MTLS_KEY) { $identity += @('--key', $env:MTLS_KEY) }
}
$authorities = @()
if ($env:MTLS_CA) { $authorities = @('--cacert', $env:MTLS_CA) }
$common = @('--disable', '--verbose', '--silent', '--show-error', '--max-time', '@@TIMEOUT@@', '--path-as-is',
  '--user-agent', 'mtls-triage/@@VERSION@@')
if ($env:MTLS_HEADERS) { $common += @('--header', "@$($env:MTLS_HEADERS)") }
$phrase = ''
if ($env:MTLS_PASS) { $phrase = 'pass = "' + ($env:MTLS_PASS -replace '([\\"])', '\$1') + '"' }

$secrets = @($env:MTLS_SECRET, $env:MTLS_PASS)
if ($env:MTLS_HEADERS) {
  foreach ($line in (Get-Content -Path $env:MTLS_HEADERS)) {
    $secrets += @(($line -replace '^[^:]*:\s*', ''), ($line -split '\s')[-1])
  }
}
$secrets = @($secrets | Where-Object { $_ -and $_.Length -gt 5 })

function Hidden([string]$Text) { # leaves out what must not be in the answers
  foreach ($secret in $secrets) { $Text = $Text.Replace($secret, '[left out]') }
  $Text
}

function Body([int]$Size) { # a file of so many bytes, for --data-binary
  $path = Join-Path $work "$Size.body"
  if (-not (Test-Path $path)) { [IO.File]::WriteAllBytes($path, (New-Object byte[] $Size)) }
  "@$path"
}

function Probe([string]$What, [object[]]$Arguments) { # what it is, then the arguments of curl
  $trace = Join-Path $work 'trace'
  $answer = Join-Path $work 'answer'
  Set-Content -Path $trace, $answer -Value $null
  $What
  $flat = @($Arguments | ForEach-Object { $_ })
  $phrase | & curl.exe @common --config - --stderr $trace --output $answer @flat | Out-Null
  foreach ($line in (Get-Content -Path $trace)) { # curl's words without secrets
    if ($line -match '^\* (h2h3 |\[HTTP/[23]\] )') { continue }
    if ($line -match '^> (\S+:)' -and $Matches[1] -notmatch '^(host|expect|content-length|transfer-encoding):$') {
      "> $($Matches[1]) [left out]"; continue
    }
    if ($line -match '^< (\S*(cookie|token|auth|key|secret)\S*)') { "< $($Matches[1]) [left out]"; continue }
    Hidden ($line -replace '([?&](code|sig|token|key|access_token|api_?key|password|secret)=)[^& ]*', '$1[redacted]')
  }
  '=== body'
  $text = [string](Get-Content -Path $answer -Raw)
  Hidden ($text.Substring(0, [Math]::Min(20000, $text.Length)) -replace '[\x00-\x08\x0b\x0c\x0e-\x1f]', '')
  '=== end ' + [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
}

if ($env:MTLS_CERT) {
  @@WITH@@
} else {
  @@WITHOUT@@
}
"""
