"""Makes a layout with many entries, or an archive with one huge layer of zeros that takes no room.

    make.py layout FOLDER ENTRIES
    make.py archive FILE GIGABYTES
"""

import hashlib
import io
import json
import os
import sys
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def described(media_type, digest, size, **more):
    return {"mediaType": media_type, "digest": digest, "size": size, **more}


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def zeros(size):
    """The digest of so many zeros."""
    block = bytes(1 << 20)
    digest = hashlib.sha256()
    for _ in range(size >> 20):
        digest.update(block)
    return "sha256:" + digest.hexdigest()


def image(number, layer):
    """The blobs of a small image, the manifest last, and its descriptor."""
    config = dump({"architecture": "amd64", "os": "linux", "author": str(number),
                   "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}})
    manifest = dump({"schemaVersion": 2, "mediaType": MANIFEST,
                     "config": described(CONFIG, digest_of(config), len(config)), "layers": [layer]})
    name = {"org.opencontainers.image.ref.name": f"image-{number}"}
    return [config, manifest], described(MANIFEST, digest_of(manifest), len(manifest), annotations=name)


def layout(folder, entries):
    os.makedirs(f"{folder}/blobs/sha256")

    def put(content):
        with open(f"{folder}/blobs/sha256/{digest_of(content)[7:]}", "wb") as file:
            file.write(content)

    content = b"layer"
    put(content)
    layer = described(LAYER, digest_of(content), len(content))
    listed = []
    for number in range(entries):
        blobs, descriptor = image(number, layer)
        for blob in blobs:
            put(blob)
        listed.append(descriptor)
    with open(f"{folder}/oci-layout", "wb") as file:
        file.write(dump({"imageLayoutVersion": "1.0.0"}))
    with open(f"{folder}/index.json", "wb") as file:
        file.write(dump({"schemaVersion": 2, "manifests": listed}))


def archive(path, gigabytes):
    size = gigabytes << 30
    small = b"layer"
    huge_blobs, huge = image(0, described(LAYER, zeros(size), size))
    small_blobs, little = image(1, described(LAYER, digest_of(small), len(small)))
    with open(path, "wb") as file:

        def member(name, length):
            info = tarfile.TarInfo(name)
            info.size = length
            file.write(info.tobuf(tarfile.PAX_FORMAT))

        def put(name, content):
            member(name, len(content))
            file.write(content + bytes(-len(content) % 512))

        member("blobs/sha256/" + zeros_name(huge_blobs), size)
        file.seek(size, io.SEEK_CUR)
        for content in huge_blobs + small_blobs + [small]:
            put("blobs/sha256/" + digest_of(content)[7:], content)
        put("index.json", dump({"schemaVersion": 2, "manifests": [huge, little]}))
        put("oci-layout", dump({"imageLayoutVersion": "1.0.0"}))
        file.write(bytes(1024))


def zeros_name(blobs):
    """The digest of the layer that the manifest, the last of the blobs, lists."""
    return json.loads(blobs[-1])["layers"][0]["digest"][7:]


if __name__ == "__main__":
    {"layout": layout, "archive": archive}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
