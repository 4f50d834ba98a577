"""curl's options: which take a value, which only change what curl prints; curl 7.88 and what came later."""

from types import MappingProxyType

_SHORT = """
    a:append E:cert K:config C:continue-at b:cookie c:cookie-jar d:data q:disable D:dump-header f:fail F:form
    P:ftp-port G:get g:globoff I:head H:header h:help 0:http1.0 i:include k:insecure 4:ipv4 6:ipv6
    j:junk-session-cookies l:list-only L:location M:manual m:max-time n:netrc N:no-buffer o:output Z:parallel
    #:progress-bar x:proxy U:proxy-user p:proxytunnel Q:quote r:range e:referer J:remote-header-name O:remote-name
    R:remote-time X:request S:show-error s:silent Y:speed-limit y:speed-time 2:sslv2 3:sslv3 t:telnet-option
    z:time-cond 1:tlsv1 T:upload-file B:use-ascii u:user A:user-agent v:verbose V:version w:write-out
"""
_WITH_VALUE = """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
    delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-ca-embed dump-header ech egd-file
    engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method
    ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts
    interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port
    login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer
    output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert
    proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type
    proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword
    proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry
    retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service
    socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers
    tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file upload-flags url url-query
    user user-agent variable vlan-priority write-out
"""
_HARMLESS = """
    alt-svc basic buffer clobber compressed connect-timeout cookie-jar create-dirs create-file-mode disable
    dump-header etag-save fail fail-early fail-with-body globoff hsts http0.9 include keepalive keepalive-time libcurl
    max-filesize max-time no-buffer no-clobber no-compressed no-insecure no-keepalive no-location no-progress-meter
    no-sessionid no-styled-output out-null output output-dir path-as-is progress-bar progress-meter proto
    proto-default proto-redir raw remote-header-name remote-name remote-name-all remote-time remove-on-error retry
    retry-all-errors retry-connrefused retry-delay retry-max-time sessionid show-error silent skip-existing ssl
    ssl-reqd stderr styled-output tcp-nodelay tr-encoding trace trace-ascii trace-config trace-ids trace-time verbose
    write-out xattr
"""
_PLAYED = """
    url request head get data data-ascii data-binary data-raw data-urlencode json form form-string upload-file header
    referer cookie user oauth2-bearer cert key cert-type key-type pass insecure cacert http1.1 http2
    http2-prior-knowledge tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tls-max ciphers resolve connect-to proxy proxy-user
    noproxy next
"""
_OTHER_FLAGS = """
    anyauth ca-native cert-status compressed-ssh crlf digest doh-cert-status doh-insecure disallow-username-in-url
    false-start form-escape haproxy-protocol http3 http3-only ignore-content-length location-trusted negotiate
    netrc-optional no-alpn no-npn ntlm ntlm-wb parallel-immediate post301 post302 post303 proxy-anyauth proxy-basic
    proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast
    proxy-ssl-auto-client-cert proxy-tlsv1 sasl-ir ssl-allow-beast ssl-auto-client-cert ssl-no-revoke
    ssl-revoke-best-effort suppress-connect-headers tcp-fastopen tls-earlydata mptcp follow
"""

SHORT = MappingProxyType(dict(pair.split(":", 1) for pair in _SHORT.split()) | {":": "next"})
"""Every one-letter option and its long name."""
WITH_VALUE = frozenset(_WITH_VALUE.split())
"""Long names of the options that are followed by a value."""
HARMLESS = frozenset(_HARMLESS.split())
"""Options that change nothing that the probes send, or that the tool has of its own (time limits, retries)."""
PLAYED = frozenset(_PLAYED.split())
"""Options that the probes follow."""
KNOWN = WITH_VALUE | HARMLESS | PLAYED | frozenset(SHORT.values()) | frozenset(_OTHER_FLAGS.split())
"""Every long name that is known to be curl's."""
