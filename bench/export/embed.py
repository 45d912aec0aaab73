"""The plain loop of PyTorch that embed.mjs runs beside `tssl embed`.

    bench/.venv/bin/python bench/export/embed.py model.safetensors FOLDER OUT.npy ENCODER SIZE BATCH WORKERS

Writes the features of every image of a folder of class folders, in the order of their paths.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.functional import normalize, pil_to_tensor

sys.path.append(str(Path(__file__).parent.parent / "pytorch"))
from resnet import encoder_of  # noqa: E402
from views import centred  # noqa: E402

weights, folder, out, name, *numbers = sys.argv[1:]
size, batch, workers = map(int, numbers)
files = sorted(Path(folder).rglob("*.*"), key=lambda file: str(file.relative_to(folder)))


class Images(Dataset):
    def __len__(self):
        return len(files)

    def __getitem__(self, index):
        pixels = pil_to_tensor(centred(Image.open(files[index]).convert("RGB"), size))
        return normalize(pixels.float() / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


model = encoder_of(name).eval()
model.load_state_dict(load_file(weights))
features = []
with torch.inference_mode():
    for images in DataLoader(Images(), batch_size=batch, num_workers=workers):
        features.append(model(images).numpy())
np.save(out, np.concatenate(features))
