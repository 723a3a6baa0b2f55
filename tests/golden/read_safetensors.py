"""The safetensors format, without the package of that name.

With a file: prints of each tensor its name, dtype and shape, and the sum over its elements of
(place + 1) times element; and what torch.nn.Linear makes of (1, 2, ...) with "fc.weight" and
"fc.bias". Without: writes golden.safetensors anew, with the tensors out of order.
"""
import json
import struct
import sys
from pathlib import Path

import torch

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
          "I64": torch.int64, "I32": torch.int32, "U64": torch.int64, "U8": torch.uint8}


def read(path):
    """The header, and the tensors by name."""
    data = bytearray(Path(path).read_bytes())
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            numbers = data[begin + first:begin + last]
            found[name] = (torch.frombuffer(numbers, dtype=DTYPES[entry["dtype"]])
                           if numbers else torch.empty(0)).reshape(entry["shape"])
    return header, found


def show(path):
    header, found = read(path)
    print("metadata", *(f"{k}={v}" for k, v in sorted(header.pop("__metadata__").items())))
    for name, entry in header.items():
        flat = found[name].double().flatten()
        total = (flat * torch.arange(1, len(flat) + 1)).sum().item()
        print(name, entry["dtype"], tuple(entry["shape"]), f"{total:.6g}")
    weight, bias = found["fc.weight"].double(), found["fc.bias"].double()
    linear = torch.nn.Linear(weight.shape[1], weight.shape[0]).double()
    linear.load_state_dict({"weight": weight, "bias": bias})
    print("Linear", *(f"{y:.6g}" for y in linear(torch.arange(1., weight.shape[1] + 1).double())))


def write(path):
    special = [0, -0.0, 1, -1.5, 1 / 3, 65504, 6e-8, 6.1e-5, 5e-5, 1e9, -1e9, float("nan")]
    tensors = {"half": torch.tensor(special).half(), "brain": torch.tensor(special).bfloat16(),
               "long": torch.tensor([[1, -2, 3], [-4, 2**62, -2**63]]), "empty": torch.empty(0, 3),
               "scalar": torch.tensor(0.1, dtype=torch.float64),
               "float": torch.tensor([0.1, 1e-40]),
               "naïve \"\\\n😀": torch.tensor([7, -8], dtype=torch.int32),
               "bool": torch.tensor([True, False]), "byte": torch.tensor([200], dtype=torch.uint8)}
    names = {dtype: name for name, dtype in DTYPES.items() if name != "U64"} | {torch.bool: "BOOL"}
    header, data = {}, b""
    for name, x in tensors.items():
        raw = bytes(x.reshape(-1).contiguous().view(torch.uint8).tolist()) if x.ndim else \
            struct.pack("<d", x.item())
        header[name] = {"dtype": names[x.dtype], "shape": list(x.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    first = {"byte": None, "scalar": None, "__metadata__": {"format": "pt", "by": "PyTorch"}}
    header = first | header
    text = json.dumps(header, indent=1).encode()
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        show(sys.argv[1])
    else:
        write(Path(__file__).with_name("golden.safetensors"))
