"""Saved settings: every shape that az and ARM write, in every encoding that a shell saves, and hostile ones."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probes.errors import ConfigurationFault
from probes.model import SiteConfig
from probes.siteconfig import read
from probes.siteconfig.load import MAX_BYTES

ID = "/subscriptions/0000/resourceGroups/rg-shop/providers/Microsoft.Web/sites/shop"
PROPERTIES: dict[str, Any] = {
    "state": "Running",
    "hostNames": ["shop.azurewebsites.net", "api.example.com"],
    "defaultHostName": "shop.azurewebsites.net",
    "clientCertEnabled": True,
    "clientCertMode": "Required",
    "clientCertExclusionPaths": "/health; /Public ,/hooks;",
    "httpsOnly": True,
    "publicNetworkAccess": "Enabled",
    "siteConfig": {"http20Enabled": True, "minTlsVersion": None},
}
RAW = {"id": ID, "name": "shop", "type": "Microsoft.Web/sites", "kind": "app,linux", "properties": PROPERTIES}
SHOWN = {
    **PROPERTIES,
    "id": ID,
    "name": "shop",
    "type": "Microsoft.Web/sites",
    "kind": "app,linux",
    "resourceGroup": "rg-shop",
    "siteConfig": {"http20Enabled": False, "minTlsVersion": "1.2", "minTlsCipherSuite": "TLS_AES_128_GCM_SHA256"},
}
WEB = {
    "id": f"{ID}/config/web",
    "name": "shop",
    "type": "Microsoft.Web/sites/config",
    "http20Enabled": False,
    "minTlsVersion": "1.3",
}


def saved(folder: Path, value: object, name: str = "site.json", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(json.dumps(value).encode(encoding))
    return file


def one(folder: Path, value: object, encoding: str = "utf-8") -> SiteConfig:
    return read([saved(folder, value, encoding=encoding)])[0]


def fault(folder: Path, value: object) -> str:
    with pytest.raises(ConfigurationFault) as seen:
        one(folder, value)
    assert "\n" not in str(seen.value)
    return str(seen.value)


@pytest.mark.parametrize("value", [RAW, SHOWN], ids=["arm", "az"])
def test_both_shapes_give_the_same_settings(tmp_path: Path, value: dict[str, Any]) -> None:
    found = one(tmp_path, value)
    assert (found.source, found.name, found.resource_group, found.kind) == ("file", "shop", "rg-shop", "app,linux")
    assert (found.client_cert_enabled, found.client_cert_mode) == (True, "Required")
    assert found.client_cert_exclusion_paths == ("/health", "/Public", "/hooks")
    assert found.host_names == ("shop.azurewebsites.net", "api.example.com")
    assert found.https_only is True
    assert found.notes == ()


def test_az_has_config_web_inside_and_raw_has_not(tmp_path: Path) -> None:
    assert one(tmp_path, SHOWN).min_tls_version == "1.2"
    config, unknown = read([saved(tmp_path, RAW)])
    assert config.min_tls_version is None
    assert [line.what for line in unknown] == ["the lowest TLS version (minTlsVersion)"]
    assert "az webapp config show" in unknown[0].how_to_get


@pytest.mark.parametrize("turned", [False, True])
def test_files_are_joined_and_config_web_knows_its_own_best(tmp_path: Path, turned: bool) -> None:
    files = [saved(tmp_path, RAW, "a.json"), saved(tmp_path, WEB, "b.json")]
    config, unknown = read(files[::-1] if turned else files)
    assert (config.min_tls_version, config.http20_enabled, config.client_cert_mode) == ("1.3", False, "Required")
    assert len(config.notes) == 1
    assert "http20_enabled differs" in config.notes[0]
    assert unknown == ()


def test_files_of_two_sites_are_not_joined(tmp_path: Path) -> None:
    other = {**WEB, "id": ID.replace("shop", "bank") + "/config/web"}
    with pytest.raises(ConfigurationFault, match="one site"):
        read([saved(tmp_path, RAW, "a.json"), saved(tmp_path, other, "b.json")])


def test_a_slot_is_another_site(tmp_path: Path) -> None:
    slot = {**RAW, "id": f"{ID}/slots/staging", "type": "Microsoft.Web/sites/slots", "name": "shop/staging"}
    assert one(tmp_path, slot).name == "shop/staging"
    with pytest.raises(ConfigurationFault):
        read([saved(tmp_path, RAW, "a.json"), saved(tmp_path, slot, "b.json")])


def test_keys_may_have_any_case(tmp_path: Path) -> None:
    def upper(value: Any) -> Any:
        return {key.upper(): upper(item) for key, item in value.items()} if isinstance(value, dict) else value

    assert one(tmp_path, upper(SHOWN)) == one(tmp_path, SHOWN)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_of_a_shell(tmp_path: Path, encoding: str) -> None:
    assert one(tmp_path, SHOWN, encoding) == one(tmp_path, SHOWN)


@pytest.mark.parametrize("wrap", [lambda s: [s], lambda s: {"value": [s], "nextLink": None}])
def test_a_list_of_one_site_is_that_site(tmp_path: Path, wrap: Any) -> None:
    assert one(tmp_path, wrap(SHOWN)) == one(tmp_path, SHOWN)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (None, ()),
        ("", ()),
        (" ; , ", ()),
        ("/a,/b", ("/a", "/b")),
        ("/a;/b", ("/a", "/b")),
        (["/a", "/b"], ("/a", "/b")),
    ],
)
def test_exclusion_paths(tmp_path: Path, text: object, paths: tuple[str, ...]) -> None:
    assert one(tmp_path, {**SHOWN, "clientCertExclusionPaths": text}).client_cert_exclusion_paths == paths


def test_a_key_that_is_not_there_is_not_known(tmp_path: Path) -> None:
    part = {"clientCertEnabled": True, "clientCertMode": "Optional"}
    config, unknown = read([saved(tmp_path, part)])
    assert config.client_cert_mode == "Optional"
    assert config.client_cert_exclusion_paths is None
    assert any("clientCertExclusionPaths" in line.what for line in unknown)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("clientCertEnabled", "maybe", "client_cert_enabled"),
        ("clientCertEnabled", 1, "client_cert_enabled"),
        ("clientCertMode", "Sometimes", "client_cert_mode"),
        ("clientCertMode", {"a": 1}, "client_cert_mode"),
        ("clientCertExclusionPaths", 7, "client_cert_exclusion_paths"),
        ("hostNames", "shop", "host_names"),
        ("hostNames", [1], "host_names"),
        ("defaultHostName", ["x"], "default_host_name"),
    ],
)
def test_a_wrong_type_is_not_known_and_noted(tmp_path: Path, key: str, value: object, field: str) -> None:
    found = one(tmp_path, {**SHOWN, key: value})
    assert getattr(found, field) is None
    assert len(found.notes) == 1
    assert key in found.notes[0]


def test_text_from_outside_is_printable(tmp_path: Path) -> None:
    found = one(tmp_path, {**SHOWN, "id": None, "name": "a\x1b[2Jb\u202e", "clientCertExclusionPaths": "/x\x00y"})
    assert found.name == "a\\x1b[2Jb\\u202e"
    assert found.client_cert_exclusion_paths == ("/x\\x00y",)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"type": "Microsoft.Web/serverfarms", "properties": {}}, "App Service plan"),
        ({"type": "Microsoft.Web/sites/hostNameBindings"}, "host name bindings"),
        ({"type": "Microsoft.Web/sites/config", "id": f"{ID}/config/appsettings"}, "the settings"),
        ({"type": "Microsoft.Storage/storageAccounts"}, "storageaccounts"),
        ({"error": {"code": "ResourceNotFound", "message": "no"}}, "an error of Azure"),
        ({"Code": "NotFound", "Message": "no"}, "an error of Azure"),
        ({"$schema": "x", "contentVersion": "1.0.0.0", "resources": []}, "ARM template"),
        ({"parameters": {}, "responses": {}}, "example"),
        ({"hello": 1}, "neither a site"),
        ([], "a list of 0"),
        ([SHOWN, SHOWN], "a list of 2"),
        ("text", "no JSON object"),
        (None, "no JSON object"),
    ],
)
def test_a_file_of_another_kind_says_what_it_is(tmp_path: Path, value: object, words: str) -> None:
    said = fault(tmp_path, value)
    assert words in said
    assert "az webapp show" in said


def test_files_that_are_no_json_are_refused_in_one_line(tmp_path: Path) -> None:
    cases = {
        "empty": b"",
        "blank": b"\xef\xbb\xbf \n",
        "text": b"az: command not found",
        "binary": bytes(range(256)) * 4,
        "deep": b"[" * 200_000,
        "big-number": b'{"clientCertEnabled": ' + b"9" * 5000 + b"}",
        "half": json.dumps(SHOWN).encode()[:200],
    }
    for name, data in cases.items():
        file = tmp_path / name
        file.write_bytes(data)
        with pytest.raises(ConfigurationFault) as seen:
            read([file])
        assert "\n" not in str(seen.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "missing.json", pipe, Path("\0")):
        with pytest.raises(ConfigurationFault):
            read([path])


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as out:
        out.truncate(MAX_BYTES + 1)
    with pytest.raises(ConfigurationFault, match="larger than 8 MiB"):
        read([file])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*SHOWN, "properties"]), JSON, max_size=8))
def test_any_values_degrade_or_are_refused(tmp_path: Path, value: dict[str, Any]) -> None:
    file = saved(tmp_path, {**SHOWN, **value})
    try:
        found, _ = read([file])
    except ConfigurationFault:
        return
    assert isinstance(found, SiteConfig)
    assert found.client_cert_enabled in (True, False, None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "any"
    file.write_bytes(data)
    with pytest.raises(ConfigurationFault):
        read([file])
