"""MoCo v2's augmentation as torchvision's transforms compute it on PIL images, and CLSA's stronger one on top of it."""

import math
import random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps


def random_resized_crop(image: Image.Image, size: int, scale: tuple[float, float]) -> Image.Image:
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
    return image.crop((left, top, left + w, top + h)).resize((size, size), Image.Resampling.BILINEAR)


def shift_hue(image: Image.Image, turns: float) -> Image.Image:
    hue, saturation, value = image.convert("HSV").split()
    shifted = (np.array(hue).astype(int) + int(turns * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(shifted.astype(np.uint8)), saturation, value)).convert("RGB")


def color_jitter(image: Image.Image) -> Image.Image:
    """ColorJitter(0.4, 0.4, 0.4, 0.1): the four in random order."""
    for name in random.sample(["Brightness", "Contrast", "Color", "hue"], 4):
        if name == "hue":
            image = shift_hue(image, random.uniform(-0.1, 0.1))
        else:
            image = getattr(ImageEnhance, name)(image).enhance(random.uniform(0.6, 1.4))
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
