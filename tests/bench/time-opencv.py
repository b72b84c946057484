"""OpenCV's dnn."""

import pathlib
import sys

import cv2

from worker import Arguments, serve

arguments = Arguments(sys.argv[1:])
cv2.setNumThreads(arguments.threads)
net = cv2.dnn.readNetFromONNX(str(pathlib.Path(arguments.zoo) / f'{arguments.name}.onnx'))


def run():
    net.setInput(arguments.input)
    return net.forward()


serve(arguments, run)
