"""Pillow's side of views.mjs: the same recipes, drawn as torchvision draws them. Prints views per second of processor time as JSON."""
import json
import math
import random
import sys
import time

import numpy as np
import PIL
from PIL import Image, ImageEnhance, ImageFilter, ImageOps


def resized_crop(image, size):
    width, height = image.size
    for _ in range(10):
        area = width * height * random.uniform(0.2, 1)
        ratio = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if w <= width and h <= height:
            left, top = random.randint(0, width - w), random.randint(0, height - h)
            return image.crop((left, top, left + w, top + h)).resize((size, size), Image.Resampling.BILINEAR)
    return image.resize((size, size), Image.Resampling.BILINEAR)


def hue(image, factor):
    h, s, v = image.convert("HSV").split()
    shifted = np.array(h, dtype=np.uint8)
    shifted += np.int32(factor * 255).astype(np.uint8)
    return Image.merge("HSV", (Image.fromarray(shifted), s, v)).convert("RGB")


JITTER = [
    lambda i: ImageEnhance.Brightness(i).enhance(random.uniform(0.6, 1.4)),
    lambda i: ImageEnhance.Contrast(i).enhance(random.uniform(0.6, 1.4)),
    lambda i: ImageEnhance.Color(i).enhance(random.uniform(0.6, 1.4)),
    lambda i: hue(i, random.uniform(-0.1, 0.1)),
]


def affine(image, *matrix):
    return image.transform(image.size, Image.Transform.AFFINE, matrix)


STRONG = [
    lambda i: affine(i, 1, random.uniform(-0.3, 0.3), 0, 0, 1, 0),
    lambda i: affine(i, 1, 0, 0, random.uniform(-0.3, 0.3), 1, 0),
    lambda i: affine(i, 1, 0, random.uniform(-0.3, 0.3) * i.width, 0, 1, 0),
    lambda i: affine(i, 1, 0, 0, 0, 1, random.uniform(-0.3, 0.3) * i.height),
    lambda i: i.rotate(random.uniform(-30, 30)),
    ImageOps.autocontrast,
    ImageOps.invert,
    ImageOps.equalize,
    lambda i: ImageOps.solarize(i, random.uniform(0, 256)),
    lambda i: ImageOps.posterize(i, random.randint(4, 8)),
    lambda i: ImageEnhance.Contrast(i).enhance(random.uniform(0.05, 0.95)),
    lambda i: ImageEnhance.Color(i).enhance(random.uniform(0.05, 0.95)),
    lambda i: ImageEnhance.Brightness(i).enhance(random.uniform(0.05, 0.95)),
    lambda i: ImageEnhance.Sharpness(i).enhance(random.uniform(0.05, 0.95)),
]


def moco_v2(image, size):
    image = resized_crop(image, size)
    if random.random() < 0.8:
        for jitter in random.sample(JITTER, 4):
            image = jitter(image)
    if random.random() < 0.2:
        image = image.convert("L").convert("RGB")
    if random.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2)))
    if random.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return image


def strong(image, size):
    image = moco_v2(image, size)
    for _ in range(5):
        operation = random.choice(STRONG)
        if random.random() < 0.5:
            image = operation(image)
    return image


def per_second(make, seconds=3.0):
    for limit in (seconds / 3, seconds):
        start = time.process_time()
        calls = 0
        while time.process_time() - start < limit:
            for _ in range(10):
                make()
            calls += 10
        rate = calls / (time.process_time() - start)
    return rate


def opened(path):
    return Image.open(path).convert("RGB")


small, large = opened(sys.argv[1]), opened(sys.argv[2])
print(json.dumps({
    "version": f"Pillow {PIL.__version__}",
    "mocoV2 32 -> 32": per_second(lambda: moco_v2(small, 32)),
    "strong 32 -> 32": per_second(lambda: strong(small, 32)),
    "mocoV2 500x375 -> 224": per_second(lambda: moco_v2(large, 224)),
    "strong 500x375 -> 224": per_second(lambda: strong(large, 224)),
    "JPEG 500x375 -> mocoV2 224": per_second(lambda: moco_v2(opened(sys.argv[2]), 224)),
}))
