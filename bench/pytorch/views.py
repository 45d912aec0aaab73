"""The methods' augmentations as torchvision's transforms compute them on PIL images, and CLSA's stronger one
on top of MoCo's.
"""

import math
import random
from functools import cache

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from timm.data.auto_augment import rand_augment_transform
from torchvision.transforms import GaussianBlur


def random_resized_crop(
    image: Image.Image, size: int, scale: tuple[float, float], resampling=Image.Resampling.BILINEAR
) -> Image.Image:
    width, height = image.size
    for _ in range(10):
        area = width * height * random.uniform(*scale)
        ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            left, top = random.randint(0, width - w), random.randint(0, height - h)
            break
    else:
        w, h = min(width, round(height * 4 / 3)), min(height, round(width * 4 / 3))
        left, top = (width - w) // 2, (height - h) // 2
    return image.crop((left, top, left + w, top + h)).resize((size, size), resampling)


def shift_hue(image: Image.Image, turns: float) -> Image.Image:
    hue, saturation, value = image.convert("HSV").split()
    shifted = (np.array(hue).astype(int) + int(turns * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(shifted.astype(np.uint8)), saturation, value)).convert("RGB")


def color_jitter(
    image: Image.Image,
    brightness: float = 0.4,
    contrast: float = 0.4,
    saturation: float = 0.4,
    hue: float = 0.1,
) -> Image.Image:
    """torchvision's ColorJitter: the four in random order."""
    strength = {"Brightness": brightness, "Contrast": contrast, "Color": saturation, "hue": hue}
    for name in random.sample(list(strength), 4):
        if name == "hue":
            image = shift_hue(image, random.uniform(-hue, hue))
        else:
            factor = random.uniform(max(0, 1 - strength[name]), 1 + strength[name])
            image = getattr(ImageEnhance, name)(image).enhance(factor)
    return image


def moco_v2(image: Image.Image, size: int, scale: tuple[float, float], blur: bool) -> Image.Image:
    image = random_resized_crop(image, size, scale)
    if random.random() < 0.8:
        image = color_jitter(image)
    if random.random() < 0.2:
        image = image.convert("L").convert("RGB")
    if blur and random.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2)))
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    return image


def cropped_and_jittered(image: Image.Image, size: int, *jitter: float) -> Image.Image:
    """SimCLR's and BYOL's order."""
    image = random_resized_crop(image, size, (0.08, 1), Image.Resampling.BICUBIC)
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    if random.random() < 0.8:
        image = color_jitter(image, *jitter)
    if random.random() < 0.2:
        image = image.convert("L").convert("RGB")
    return image


def simclr_without_blur(image: Image.Image, size: int, strength: float) -> Image.Image:
    return cropped_and_jittered(image, size, 0.8 * strength, 0.8 * strength, 0.8 * strength, 0.2 * strength)


def byol_without_blur(image: Image.Image, size: int) -> Image.Image:
    return cropped_and_jittered(image, size, 0.4, 0.4, 0.2, 0.1)


def instdisc_cifar(image: Image.Image, size: int) -> Image.Image:
    """The authors' on CIFAR-10: colours on every view, before grey; no flip."""
    image = color_jitter(random_resized_crop(image, size, (0.2, 1)), 0.4, 0.4, 0.4, 0.4)
    return image.convert("L").convert("RGB") if random.random() < 0.2 else image


def swav(
    image: Image.Image, size: int, scale: tuple[float, float], strength: float, blur: bool
) -> Image.Image:
    image = random_resized_crop(image, size, scale)
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    if random.random() < 0.8:
        image = color_jitter(image, 0.8 * strength, 0.8 * strength, 0.8 * strength, 0.2 * strength)
    if random.random() < 0.2:
        image = image.convert("L").convert("RGB")
    if blur and random.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2)))
    return image


def half_of_the_time(change, image: Image.Image) -> Image.Image:
    return change(image) if random.random() < 0.5 else image


@cache
def rand_augment(probability: float):
    """timm's RandAugment: two operations, each with this probability; borders have ImageNet's mean colour."""
    return rand_augment_transform(f"rand-m10-n2-p{probability}-mstd0.5", {"img_mean": (124, 116, 104)})


def infomin(image: Image.Image, size: int, smallest: float, probability: float) -> Image.Image:
    """HobbitLong/PyContrast, datasets/util.py, aug "D"; the kernel of the blur is a tenth of the side."""
    image = half_of_the_time(ImageOps.mirror, random_resized_crop(image, size, (smallest, 1)))
    if random.random() < 0.8:
        image = color_jitter(image, 0.8, 0.8, 0.8, 0.2)
    image = half_of_the_time(GaussianBlur(2 * (size // 20) + 1, (0.1, 2)), image)
    image = rand_augment(probability)(image)
    return image.convert("L").convert("RGB") if random.random() < 0.2 else image


def jigsaw_patches(image: Image.Image, size: int) -> list[Image.Image]:
    """Nine patches, each at a random place of its cell; the authors' 85 and 64 pixels beside views of 224."""
    cell = round(size * 85 / 224)
    patch = round(cell * 64 / 85)
    image = half_of_the_time(ImageOps.mirror, random_resized_crop(image, 3 * cell, (0.6, 1)))
    corners = [
        (column * cell + random.randint(0, cell - patch), row * cell + random.randint(0, cell - patch))
        for row in range(3)
        for column in range(3)
    ]
    return [image.crop((left, top, left + patch, top + patch)) for left, top in corners]


def affine(image: Image.Image, *matrix: float) -> Image.Image:
    return image.transform(image.size, Image.Transform.AFFINE, matrix)


def enhance(kind):
    return lambda image: kind(image).enhance(random.uniform(0.05, 0.95))


# The fourteen of CLSA's paper, each with a magnitude drawn from its whole range.
STRONG_OPERATIONS = [
    lambda image: affine(image, 1, random.uniform(-0.3, 0.3), 0, 0, 1, 0),
    lambda image: affine(image, 1, 0, 0, random.uniform(-0.3, 0.3), 1, 0),
    lambda image: affine(image, 1, 0, random.uniform(-0.3, 0.3) * image.width, 0, 1, 0),
    lambda image: affine(image, 1, 0, 0, 0, 1, random.uniform(-0.3, 0.3) * image.height),
    lambda image: image.rotate(random.uniform(-30, 30)),
    ImageOps.autocontrast,
    ImageOps.invert,
    ImageOps.equalize,
    lambda image: ImageOps.solarize(image, random.uniform(0, 256)),
    lambda image: ImageOps.posterize(image, random.randint(4, 8)),
    enhance(ImageEnhance.Contrast),
    enhance(ImageEnhance.Color),
    enhance(ImageEnhance.Brightness),
    enhance(ImageEnhance.Sharpness),
]


def stronger(image: Image.Image) -> Image.Image:
    """CLSA: five operations drawn with replacement, each applied with probability 0.5."""
    for operation in random.choices(STRONG_OPERATIONS, k=5):
        if random.random() < 0.5:
            image = operation(image)
    return image


def centred(image: Image.Image, size: int) -> Image.Image:
    """The evaluation view: the short side resized to `size`, then the middle square."""
    return ImageOps.fit(image, (size, size), Image.Resampling.BILINEAR)
