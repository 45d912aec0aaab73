"""Takes steps that `tssl replay --save` has saved again in plain PyTorch, from the same state and views. Run
with --help.

Prints how far tssl's numbers, and PyTorch's own in float32, are from PyTorch's in float64.
"""

import argparse
from pathlib import Path

import torch
from safetensors import safe_open

from train import METHODS, normalised, parse_with_method

# A step's images in the order in which `terms` takes them, and its networks by tssl's names.
VIEWS = {"moco": ["query", "key", "strong"], "simclr": ["first", "second"], "byol": ["first", "second"]}
NETWORKS = {
    "moco": lambda method: {"moco.online": method.online, "moco.target": method.target},
    "simclr": lambda method: {
        "simclr.network.encoder": method.network[0],
        "simclr.network.head": method.network[1],
    },
    "byol": lambda method: {
        "byol.online.encoder": method.online[0],
        "byol.online.head": method.online[1],
        "byol.target.encoder": method.target[0],
        "byol.target.head": method.target[1],
        "byol.predictor": method.predictor,
    },
}


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    return parse_with_method(parser)


class SavedStep:
    def __init__(self, file: Path):
        with safe_open(file, "pt") as opened:
            numbers = {name: float(value) for name, value in opened.metadata().items()}
            self.tensors = {name: torch_layout(name, opened.get_tensor(name)) for name in opened.keys()}
        self.step, self.total_steps = int(numbers["step"]), int(numbers["totalSteps"])
        self.loss = numbers["loss"]

    def named(self, kind: str) -> dict[str, torch.Tensor]:
        return {
            name.removeprefix(f"{kind}/"): t
            for name, t in self.tensors.items()
            if name.startswith(f"{kind}/")
        }


def torch_layout(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """tssl keeps filters as HWIO and dense weights as [in, out]; queues and images are the same in both."""
    if not name.removesuffix(".velocity").endswith("weight"):
        return tensor
    return tensor.permute(3, 2, 0, 1) if tensor.dim() == 4 else tensor.T if tensor.dim() == 2 else tensor


def taken(saved: SavedStep, options: argparse.Namespace, dtype: torch.dtype) -> tuple[float, dict, dict]:
    """The step's loss, and by tssl's names its gradients and the state after it."""
    method = METHODS[options.method](options)
    networks = NETWORKS[options.method](method)
    before = saved.named("state before")
    for prefix, network in networks.items():
        for name, value in network.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                value.copy_(before[f"{prefix}.{name}"])
        network.to(dtype)
    if options.method == "moco":
        method.queue, method.next_row = before["moco.keys.rows"].to(dtype), int(before["moco.keys.cursor"])

    trained = {
        f"{prefix}.{name}": parameter
        for prefix, network in networks.items()
        for name, parameter in network.named_parameters()
        if ".target" not in prefix
    }
    optimizer = torch.optim.SGD(
        trained.values(),
        saved.tensors["input/lr"].item(),
        options.momentum,
        weight_decay=options.weight_decay,
    )
    for name, parameter in trained.items():
        optimizer.state[parameter]["momentum_buffer"] = (
            before[f"optimizer.{name}.velocity"].to(dtype).contiguous()
        )

    views = saved.named("view")
    method.train()
    images = [views[f"0.view.{name}"] for name in VIEWS[options.method] if f"0.view.{name}" in views]
    loss = sum(method.terms(*(normalised(each.to(torch.float32)).to(dtype) for each in images)).values())
    loss.backward()
    optimizer.step()
    method.after((saved.step - 1) / saved.total_steps)

    after = {
        f"{prefix}.{name}": value
        for prefix, network in networks.items()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    if options.method == "moco":
        after["moco.keys.rows"] = method.queue
    for name, parameter in trained.items():
        after[f"optimizer.{name}.velocity"] = optimizer.state[parameter]["momentum_buffer"]
    return loss.item(), {name: parameter.grad for name, parameter in trained.items()}, after


def deviation(values: dict[str, torch.Tensor], truth: dict[str, torch.Tensor]) -> float:
    """Of all tensors as one vector, relative to its length."""
    off = sum((values[name].double() - each).square().sum() for name, each in truth.items())
    return (off / sum(each.square().sum() for each in truth.values())).sqrt().item()


def main() -> None:
    options = parse_options()
    print("| step | loss | tssl's loss off by | gradient: tssl | PyTorch | state after: tssl | PyTorch |")
    print("| ---: | ---: | -----------------: | -------------: | ------: | ----------------: | ------: |")
    for file in options.files:
        saved = SavedStep(file)
        loss, gradients, after = taken(saved, options, torch.float64)
        _, single_gradients, single_after = taken(saved, options, torch.float32)
        cells = [
            f"{saved.step}",
            f"{loss:.4f}",
            f"{saved.loss - loss:.0e}",
            *(f"{deviation(each, gradients):.1e}" for each in (saved.named("gradient"), single_gradients)),
            *(f"{deviation(each, after):.1e}" for each in (saved.named("state after"), single_after)),
        ]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
