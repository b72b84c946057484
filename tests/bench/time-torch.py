"""PyTorch, in the mode eager, script, channels-last or mkldnn."""

import importlib.util
import os
import pathlib
import sys
import warnings

import torch
import torch.utils.mkldnn

from worker import Arguments, serve

warnings.filterwarnings('ignore')
mode = sys.argv[1]
arguments = Arguments(sys.argv[2:])
torch.set_num_threads(arguments.threads)
torch.set_num_interop_threads(1)

# The pack's script knows how its networks were made.
script = pathlib.Path(os.environ['FOVEA_PACK']) / 'zoo' / 'make-zoo.py'
spec = importlib.util.spec_from_file_location('make_zoo', script)
zoo = importlib.util.module_from_spec(spec)
spec.loader.exec_module(zoo)

model = zoo.build(arguments.name)
model.load_state_dict(torch.load(pathlib.Path(arguments.zoo) / f'{arguments.name}.pth'))
model.eval()
pictures = torch.from_numpy(arguments.input)

with torch.inference_mode(mode != 'mkldnn'), torch.no_grad():
    if mode == 'script':
        model = torch.jit.trace(model, pictures, check_trace=False)
        model = torch.jit.optimize_for_inference(torch.jit.freeze(model.eval()))
    elif mode == 'channels-last':
        model = model.to(memory_format=torch.channels_last)
        pictures = pictures.contiguous(memory_format=torch.channels_last)
    elif mode == 'mkldnn':
        model = torch.utils.mkldnn.to_mkldnn(model)
        pictures = pictures.to_mkldnn()

    def run():
        logits = model(pictures)
        return logits.to_dense() if logits.is_mkldnn else logits

    serve(arguments, run)
