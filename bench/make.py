#!/usr/bin/env python3
"""Makes an OCI layout with layers of random bytes, the same ones each time.

    make.py FOLDER IMAGES LAYERS LEAST [MOST]

Several images are listed by one index. Layers are gzip, as some tools would compress others on the way,
and have between LEAST and MOST bytes of content, LEAST if MOST is not given.
"""

import hashlib
import json
import os
import random
import sys
import tarfile
import zlib

BLOCK = 1 << 20
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"

folder = sys.argv[1]
images, layers, least = map(int, sys.argv[2:5])
most = int(sys.argv[5]) if len(sys.argv) > 5 else least
blobs = f"{folder}/blobs/sha256"
rng = random.Random(5)


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


def described(media_type, digest, size, **more):
    return {"mediaType": media_type, "digest": digest, "size": size, **more}


def put(media_type, value):
    content = dump(value)
    digest = hashlib.sha256(content).hexdigest()
    with open(f"{blobs}/{digest}", "wb") as file:
        file.write(content)
    return described(media_type, f"sha256:{digest}", len(content))


def archive(size):
    """The pieces of a tar of one file."""
    info = tarfile.TarInfo("content")
    info.size = size
    yield info.tobuf(tarfile.USTAR_FORMAT)
    for begin in range(0, size, BLOCK):
        yield rng.randbytes(min(BLOCK, size - begin))
    yield bytes(-size % 512 + 1024)


def layer():
    """A layer, described, and the digest of what is in it."""
    size = rng.randint(least, most)
    # What is random gets no smaller, but the zeros around little of it do.
    compress = zlib.compressobj(6 if size < BLOCK else 0, wbits=31)
    inside, outside = hashlib.sha256(), hashlib.sha256()
    with open(f"{blobs}/part", "wb") as file:

        def write(data):
            outside.update(data)
            file.write(data)

        for piece in archive(size):
            inside.update(piece)
            write(compress.compress(piece))
        write(compress.flush())
        length = file.tell()
    os.rename(f"{blobs}/part", f"{blobs}/{outside.hexdigest()}")
    return described(LAYER, f"sha256:{outside.hexdigest()}", length), f"sha256:{inside.hexdigest()}"


def image(number):
    made = [layer() for _ in range(layers)]
    platform = {"architecture": "amd64", "os": "linux", "os.version": str(number)}
    root = {"type": "layers", "diff_ids": [inside for _, inside in made]}
    config = put(CONFIG, {**platform, "config": {}, "rootfs": root})
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [outside for outside, _ in made]}
    return {**put(MANIFEST, manifest), "platform": platform}


os.makedirs(blobs)
listed = [image(number) for number in range(images)]
if images > 1:
    entry = put(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed})
else:
    entry = listed[0]
    del entry["platform"]
entry["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
files = {"oci-layout": {"imageLayoutVersion": "1.0.0"}, "index.json": {"schemaVersion": 2, "manifests": [entry]}}
for name, value in files.items():
    with open(f"{folder}/{name}", "wb") as file:
        file.write(dump(value))
