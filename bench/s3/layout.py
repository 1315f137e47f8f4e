#!/usr/bin/env python3
"""Makes an OCI image layout of incompressible layers, the same bytes every time.

layout.py FOLDER LAYERS MEBIBYTES
"""
import hashlib
import json
import os
import random
import sys

folder, layers, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
blobs = os.path.join(folder, "blobs", "sha256")
os.makedirs(blobs)
source = random.Random(f"{layers} x {size}")


def put(media_type, chunks):
    """Writes a blob and returns its descriptor."""
    path, digest, length = os.path.join(blobs, "part"), hashlib.sha256(), 0
    with open(path, "wb") as out:
        for chunk in chunks:
            out.write(chunk)
            digest.update(chunk)
            length += len(chunk)
    os.rename(path, os.path.join(blobs, digest.hexdigest()))
    return {"mediaType": media_type, "digest": f"sha256:{digest.hexdigest()}", "size": length}


def put_json(media_type, value):
    return put(media_type, [json.dumps(value).encode()])


def oci(kind):
    return f"application/vnd.oci.image.{kind}"


parts = [
    put(oci("layer.v1.tar"), (source.randbytes(1 << 20) for _ in range(size)))
    for _ in range(layers)
]
config = put_json(
    oci("config.v1+json"),
    {
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [part["digest"] for part in parts]},
    },
)
manifest = put_json(
    oci("manifest.v1+json"),
    {"schemaVersion": 2, "mediaType": oci("manifest.v1+json"), "config": config, "layers": parts},
)
manifest["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
for name, value in {
    "oci-layout": {"imageLayoutVersion": "1.0.0"},
    "index.json": {"schemaVersion": 2, "mediaType": oci("index.v1+json"), "manifests": [manifest]},
}.items():
    with open(os.path.join(folder, name), "w", encoding="ascii") as out:
        json.dump(value, out)
