"""Packages that the samples are made from, pinned by checksum."""
import hashlib
import pathlib
import subprocess
import sys


def verified(archive: pathlib.Path, sha256: str) -> pathlib.Path:
    """The archive, if it is the one that is meant; ends the script otherwise."""
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != sha256:
        sys.exit(f"{archive.name}: sha256 is {found}, expected {sha256}")
    return archive


def npm_package(name: str, sha256: str, folder: pathlib.Path) -> pathlib.Path:
    """The archive of an npm package, put into a folder that has no other."""
    npm = ["npm", "pack", "--silent", "--pack-destination", str(folder), name]
    subprocess.run(npm, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    (archive,) = folder.glob("*.tgz")
    return verified(archive, sha256)
