"""torchvision's ResNets without torchvision: the same graph, names and initial values. The output is the pooled features."""

import torch
from torch import nn


def layer_norm(channels: int) -> nn.Module:
    """By the mean and variance of each image; a weight and a bias for each channel."""
    return nn.GroupNorm(1, channels)


def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)


def conv1x1(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 1, stride, bias=False)


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs: int, width: int, stride: int, downsample: nn.Module | None, norm):
        super().__init__()
        self.conv1 = conv3x3(inputs, width, stride)
        self.bn1 = norm(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(width, width)
        self.bn2 = norm(width)
        self.downsample = downsample

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """ResNet v1.5: the stride sits in the 3x3 convolution."""

    expansion = 4

    def __init__(self, inputs: int, width: int, stride: int, downsample: nn.Module | None, norm):
        super().__init__()
        self.conv1 = conv1x1(inputs, width)
        self.bn1 = norm(width)
        self.conv2 = conv3x3(width, width, stride)
        self.bn2 = norm(width)
        self.conv3 = conv1x1(width, width * self.expansion)
        self.bn3 = norm(width * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, block, layers: list[int], widths: list[int], stem: str, norm=nn.BatchNorm2d):
        super().__init__()
        if stem == "imagenet":
            self.conv1 = nn.Conv2d(3, widths[0], 7, 2, padding=3, bias=False)
            self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        else:
            self.conv1 = conv3x3(3, widths[0])
            self.maxpool = nn.Identity()
        self.bn1 = norm(widths[0])
        self.relu = nn.ReLU(inplace=True)

        channels = widths[0]
        self.stages = []
        for index, (depth, width) in enumerate(zip(layers, widths), start=1):
            stride = 1 if index == 1 else 2
            self.add_module(f"layer{index}", make_layer(block, channels, width, depth, stride, norm))
            self.stages.append(f"layer{index}")
            channels = width * block.expansion
        self.feature_size = channels

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage in self.stages:
            x = getattr(self, stage)(x)
        return x.mean((2, 3))


def make_layer(block, inputs: int, width: int, depth: int, stride: int, norm) -> nn.Sequential:
    outputs = width * block.expansion
    downsample = None
    if stride != 1 or inputs != outputs:
        downsample = nn.Sequential(conv1x1(inputs, outputs, stride), norm(outputs))
    blocks = [block(inputs, width, stride, downsample, norm)]
    blocks += [block(outputs, width, 1, None, norm) for _ in range(depth - 1)]
    return nn.Sequential(*blocks)


def resnet20(norm=nn.BatchNorm2d) -> ResNet:
    """The CIFAR network of He et al. 2015, section 4.2, with projection shortcuts (option B)."""
    return ResNet(BasicBlock, [3, 3, 3], [16, 32, 64], "cifar", norm)


def resnet18(stem: str, norm=nn.BatchNorm2d) -> ResNet:
    return ResNet(BasicBlock, [2, 2, 2, 2], [64, 128, 256, 512], stem, norm)


def resnet34(stem: str, norm=nn.BatchNorm2d) -> ResNet:
    return ResNet(BasicBlock, [3, 4, 6, 3], [64, 128, 256, 512], stem, norm)


def resnet50(stem: str, norm=nn.BatchNorm2d) -> ResNet:
    return ResNet(Bottleneck, [3, 4, 6, 3], [64, 128, 256, 512], stem, norm)


def encoder_of(name: str) -> ResNet:
    """By its name, with the CIFAR stem."""
    return resnet20() if name == "resnet20" else resnet18("cifar")
