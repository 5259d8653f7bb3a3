"""What the examples share: stubs made from the published .proto files, and the way to a node."""

import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

try:
    import grpc
    from google import protobuf  # noqa: F401  (python3-protobuf: the generated code needs it)
except ImportError as missing:
    print(f"skipped: {missing} (Debian: python3-grpcio, python3-protobuf)")
    sys.exit(77)

PROTO_ROOT = pathlib.Path(__file__).resolve().parents[2] / "protocol" / "wire"


def import_stubs(directory, protos, *modules):
    """Generates Python code from `protos` into `directory`; (messages, stubs) of each module."""
    plugin = shutil.which("grpc_python_plugin")
    if plugin is None or shutil.which("protoc") is None:
        print("skipped: no protoc or grpc_python_plugin (Debian: protobuf-compiler-grpc)")
        sys.exit(77)
    subprocess.run(
        ["protoc", f"-I{PROTO_ROOT}", f"--python_out={directory}", f"--grpc_out={directory}",
         f"--plugin=protoc-gen-grpc={plugin}", *protos],
        check=True)
    sys.path.insert(0, directory)
    package = importlib.import_module
    return [(package(f"suanpan.v1.{name}_pb2"), package(f"suanpan.v1.{name}_pb2_grpc"))
            for name in modules]


def connect(endpoint, ca_file=None):
    """A channel: TLS with the certificates of a PEM file, or plain text on this machine."""
    if not ca_file:
        return grpc.insecure_channel(endpoint)
    roots = pathlib.Path(ca_file).read_bytes()
    return grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(roots))


def default_endpoint():
    """SUANPAN_ENDPOINT, else the node that tools/up started, else the usual address."""
    run_file = PROTO_ROOT.parents[1] / "var" / "run" / "node-1.json"
    running = json.loads(run_file.read_text())["grpc"] if run_file.exists() else "127.0.0.1:7400"
    return os.environ.get("SUANPAN_ENDPOINT", running)
