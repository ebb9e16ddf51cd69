"""On loopback the two secrets are made once, for the owner's eyes only; a lost one is never made anew."""

from pathlib import Path

import pytest

from janua import keys
from janua.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(janua_data_dir=str(tmp_path), secret_key="", field_encryption_key="")


def test_they_are_made_once_and_kept(config: Config) -> None:
    assert keys.master_secret(config) == keys.master_secret(config)
    assert keys.field_keys(config) == keys.field_keys(config)
    assert len(keys.master_secret(config)) >= 43


def test_only_the_owner_may_read_them(config: Config, tmp_path: Path) -> None:
    keys.master_secret(config)
    keys.field_keys(config)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    files = list((tmp_path / "keys").iterdir())
    assert len(files) == 2
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_given_ones_are_used_and_nothing_is_written(tmp_path: Path) -> None:
    first, second = "A" * 43 + "=", "B" * 43 + "="
    secret = "p1um-tractor-velvet-94-copper-lantern"
    config = Config(
        janua_data_dir=str(tmp_path), secret_key=secret, field_encryption_key=f"{first}, {second},"
    )
    assert keys.master_secret(config) == secret
    assert keys.field_keys(config) == (first, second)
    assert not (tmp_path / "keys").exists()


def test_an_empty_file_is_not_filled_anew(config: Config, tmp_path: Path) -> None:
    keys.master_secret(config)
    (tmp_path / "keys" / "secret_key").write_text("\n")
    with pytest.raises(SystemExit, match="restore it from your backup"):
        keys.master_secret(config)


def test_a_place_that_cannot_be_written_is_one_clear_line(config: Config, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the directory should be")
    with pytest.raises(SystemExit) as caught:
        keys.master_secret(config)
    assert str(caught.value).startswith("janua: ")
    assert "\n" not in str(caught.value)
