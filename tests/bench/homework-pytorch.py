#!/usr/bin/python3
"""Validates with PyTorch, as the homework does, and says how fast that went.

    tests/bench/homework-pytorch.py DATASET ARCHITECTURE WEIGHTS.pth
        [--crops center|five] [--limit N] [--workers 4] [--batch-size 4] [--threads 2]

DATASET is laid out as for fovea-cli validate. Printed are the loss, the accuracy,
and the pictures per second from the first to the last, without what it takes to
load PyTorch and the weights. Wants Debian's python3-torch and python3-torchvision.
"""

import argparse
import pathlib
import time
import xml.etree.ElementTree

import torch
import torchvision
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import functional

SIDE = 224


class Pictures(Dataset):
    def __init__(self, root, limit, five):
        words = (root / "synset_words.txt").read_text().splitlines()
        self.labels = {line.split()[0]: index for index, line in enumerate(words)}
        self.files = sorted((root / "imagespart").iterdir())[:limit or None]
        self.annotations = root / "val"
        self.five = five

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        file = self.files[index]
        name = xml.etree.ElementTree.parse(self.annotations / (file.stem + ".xml")).find("object/name")

        image = Image.open(file).convert("RGB")
        ratio = 280 / min(image.size)
        image = image.resize((int(image.width * ratio), int(image.height * ratio)), Image.LANCZOS)

        right, bottom = image.width - SIDE, image.height - SIDE
        corners = [(image.width // 2 - SIDE // 2, image.height // 2 - SIDE // 2)]
        if self.five:
            corners += [(0, 0), (right, 0), (0, bottom), (right, bottom)]
        crops = [functional.normalize(functional.to_tensor(image.crop((x, y, x + SIDE, y + SIDE))),
                                      (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
                 for x, y in corners]

        return torch.stack(crops), self.labels[name.text]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("architecture")
    parser.add_argument("weights")
    parser.add_argument("--crops", choices=("center", "five"), default="center")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    network = getattr(torchvision.models, arguments.architecture)(weights=None)
    network.load_state_dict(torch.load(arguments.weights))
    network.eval()
    pictures = Pictures(arguments.dataset, arguments.limit, arguments.crops == "five")
    loader = DataLoader(pictures, batch_size=arguments.batch_size, num_workers=arguments.workers)

    loss, n_correct = 0.0, 0
    start = time.perf_counter()
    with torch.no_grad():
        for crops, labels in loader:
            logits = network(crops.flatten(0, 1)).unflatten(0, crops.shape[:2]).mean(1)
            loss += torch.nn.functional.cross_entropy(logits, labels).item()
            n_correct += (logits.argmax(1) == labels).sum().item()
    seconds = time.perf_counter() - start

    n = len(pictures)
    print(f"loss {loss / n:.5f} accuracy {n_correct / n:.3f} in {seconds:.4f}s, "
          f"{n / seconds:.1f} pictures per second")


main()
