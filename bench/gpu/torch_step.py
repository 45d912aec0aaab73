"""MoCo's step on a ResNet-50 in PyTorch, as check-device.mjs takes it: AMP bfloat16, channels last, compiled.

    python3 bench/gpu/torch_step.py        prints one line of JSON
"""

import copy
import json
import sys
import time

try:
    import torch
    import torch.nn.functional as functional
    import torchvision
except ImportError as error:
    sys.exit(f"PyTorch is not installed ({error})")
if not torch.cuda.is_available():
    sys.exit("PyTorch sees no GPU")

BATCH, SIZE, QUEUE, DIM, STEPS = 256, 224, 4096, 128, 30
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
torch.backends.cudnn.benchmark = True

online = torchvision.models.resnet50(num_classes=DIM).cuda().to(memory_format=torch.channels_last)
online.fc = torch.nn.Sequential(torch.nn.Linear(2048, 2048), torch.nn.ReLU(), torch.nn.Linear(2048, DIM)).cuda()
momentum = copy.deepcopy(online).requires_grad_(False)
query, key = torch.compile(online), torch.compile(momentum)
queue = functional.normalize(torch.randn(QUEUE, DIM, device="cuda"), dim=1)
optimizer = torch.optim.SGD(online.parameters(), 0.03, momentum=0.9, weight_decay=1e-4, fused=True)
mean = 255 * torch.tensor([0.485, 0.456, 0.406], device="cuda").view(1, 3, 1, 1)
deviation = 255 * torch.tensor([0.229, 0.224, 0.225], device="cuda").view(1, 3, 1, 1)
views = [torch.randint(0, 256, (BATCH, 3, SIZE, SIZE), dtype=torch.uint8).pin_memory() for _ in range(2)]


def images(view):
    on_device = view.cuda(non_blocking=True).contiguous(memory_format=torch.channels_last)
    return (on_device.float() - mean) / deviation


def step():
    with torch.autocast("cuda", torch.bfloat16):
        q = functional.normalize(query(images(views[0])).float(), dim=1)
        with torch.no_grad():
            k = functional.normalize(key(images(views[1])).float(), dim=1)
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], 1) / 0.2
        loss = functional.cross_entropy(logits.float(), torch.zeros(BATCH, dtype=torch.long, device="cuda"))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        torch._foreach_lerp_(list(momentum.parameters()), list(online.parameters()), 0.001)
        queue[:BATCH] = k


for _ in range(8):
    step()
torch.cuda.synchronize()
began = time.perf_counter()
for _ in range(STEPS):
    step()
torch.cuda.synchronize()
seconds = (time.perf_counter() - began) / STEPS
print(
    json.dumps(
        {
            "torch": torch.__version__,
            "precision": "bfloat16",
            "millisecondsPerStep": 1000 * seconds,
            "imagesPerSecond": BATCH / seconds,
            "peakBytes": torch.cuda.max_memory_allocated(),
        }
    )
)
