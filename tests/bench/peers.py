"""Times Fovea and its peers in turns; tests/bench/peers starts it.

Every peer is a program of its own that loads a network once, answers with its
logits, and then, each time that it is asked, runs for a while and says how long
a picture took. In each round they are asked one after the other, so that what
the machine does besides (turbo, neighbours) meets all of them alike. What counts
is the median over the rounds.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

HERE = pathlib.Path(__file__).parent
FEW = 'resnet18,squeezenet1_1,mobilenet_v2'
ALL = ('resnet18,resnet50,squeezenet1_1,mobilenet_v2,mobilenet_v3_small,shufflenet_v2_x1_0,'
       'efficientnet_b0,googlenet,densenet121,inception_v3,vgg16,alexnet')

# Logits may differ by so much, relative to the greatest one.
TOLERANCE = 1e-4


def read_safetensors(path, entry):
    data = pathlib.Path(path).read_bytes()
    length = int.from_bytes(data[:8], 'little')
    info = json.loads(data[8:8 + length])[entry]
    begin, end = info['data_offsets']
    return numpy.frombuffer(data[8 + length + begin:8 + length + end], 'f4').reshape(info['shape'])


def write_safetensors(path, entry, array):
    header = json.dumps({entry: {'dtype': 'F32', 'shape': array.shape, 'data_offsets': [0, array.nbytes]}}).encode()
    header += b' ' * (-len(header) % 8)
    path.write_bytes(len(header).to_bytes(8, 'little') + header + array.astype('<f4').tobytes())


class Case:
    """A network with as many pictures and threads."""

    def __init__(self, options, name, threads, batch, folder):
        size = 299 if name.startswith('inception') else 224
        pictures = read_safetensors(options.zoo / f'input-{size}.safetensors', 'input')
        self.name, self.threads, self.batch, self.seconds = name, threads, batch, options.seconds
        self.zoo = options.zoo
        self.shape = (batch, 3, size, size)
        self.input = folder / f'input-{size}-{batch}.safetensors'
        self.raw = folder / f'input-{size}-{batch}.f32'
        array = numpy.stack([pictures[i % len(pictures)] for i in range(batch)])
        write_safetensors(self.input, 'input', array)
        self.raw.write_bytes(array.astype('<f4').tobytes())


class Worker:
    """A peer that speaks JSON, a line at a time."""

    def __init__(self, label, command, case):
        self.label = label
        arguments = [case.name, case.zoo, case.raw, 'x'.join(map(str, case.shape)), case.threads, case.seconds]
        self.errors = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen([*command, *map(str, arguments)], text=True, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors)
        self.logits = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError((self.errors.read().strip().splitlines() or ['it ended'])[-1])
        return json.loads(line)

    def time(self):
        self.process.stdin.write('\n')
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Fovea:
    """fovea-cli bench, started anew in each round."""

    label = 'Fovea'

    def __init__(self, case):
        self.case = case
        self.cli = os.environ['FOVEA_CLI']
        self.runs = 3

        # The weights as PyTorch has them, or as everybody else gets them.
        for suffix in ('.pth', '.onnx'):
            self.model = case.zoo / (case.name + suffix)
            self.output = case.input.with_suffix('.output')
            done = subprocess.run([self.cli, 'run', self.model, '--input', case.input, '--output', self.output],
                                  capture_output=True, text=True)
            if done.returncode == 0:
                break
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        self.logits = read_safetensors(self.output, 'output').reshape(-1).tolist()

    def time(self):
        case = self.case
        text = subprocess.run([self.cli, 'bench', self.model, '--input', case.input, '--threads', str(case.threads),
                               '--repeat', str(self.runs), '--json'], check=True, capture_output=True, text=True).stdout
        answer = json.loads(text)
        self.processor, self.gflop = answer['processor'], answer['gflops'] * answer['median_ms'] / 1e3
        self.runs = max(3, math.ceil(case.seconds * 1e3 / (answer['median_ms'] * case.batch)))
        return answer['median_ms']

    def close(self):
        pass


class Command:
    """A program of the user's that prints how many ms a picture took."""

    logits = None

    def __init__(self, label, command, case):
        self.label = label
        self.arguments = [command, case.name, str(case.threads), str(case.batch), str(case.seconds)]
        self.time()

    def time(self):
        return float(subprocess.run(self.arguments, check=True, capture_output=True, text=True).stdout)

    def close(self):
        pass


def start(options, case):
    """Fovea, and those peers that can run the network; the others say why not."""
    candidates = [('Fovea', lambda label: Fovea(case))]
    for mode in options.torch:
        command = [sys.executable, HERE / 'time-torch.py', mode]
        candidates.append((f'PyTorch {mode}', lambda label, command=command: Worker(label, command, case)))
    candidates.append(('OpenCV', lambda label: Worker(label, [sys.executable, HERE / 'time-opencv.py'], case)))
    if (pathlib.Path(os.environ['PEERS_BUILD']) / 'node_modules' / 'onnxruntime-node').exists():
        candidates.append(('ONNX Runtime', lambda label: Worker(label, ['node', HERE / 'time-onnxruntime.js'], case)))
    if options.ncnn:
        candidates.append(('ncnn', lambda label: Command(label, options.ncnn, case)))

    runners = []
    for label, candidate in candidates:
        try:
            runners.append(candidate(label))
        except (RuntimeError, ValueError, OSError, subprocess.CalledProcessError) as error:
            print(f'{case.name}: {label}: {error}', file=sys.stderr)
            if label == 'Fovea':
                break
    return runners


def check_logits(case, runners):
    """Those who agree with Fovea, and how far they are apart at most. A wrong answer's time does not count."""
    ours = numpy.array(runners[0].logits)
    agreeing, worst = runners[:1], 0
    for runner in runners[1:]:
        difference = 0
        if runner.logits is not None:
            difference = numpy.abs(numpy.array(runner.logits) - ours).max() / numpy.abs(ours).max()
        if difference <= TOLERANCE:
            agreeing.append(runner)
            worst = max(worst, difference)
        else:
            print(f'{case.name}: {runner.label} differs by {difference:.1e}', file=sys.stderr)
            check_logits.failed = True
            runner.close()
    return agreeing, worst


check_logits.failed = False


def measure(options, case):
    runners = start(options, case)
    if not runners:
        return None
    runners, difference = check_logits(case, runners)
    times = {runner.label: [] for runner in runners}
    for _ in range(options.rounds):
        for runner in runners:
            # Whoever went before may still be spinning.
            time.sleep(0.05)
            times[runner.label].append(runner.time())
    for runner in runners:
        runner.close()

    medians = {label: statistics.median(values) for label, values in times.items()}
    ours = medians.pop('Fovea')
    modes = {label: value for label, value in medians.items() if label.startswith('PyTorch')}
    columns = {label: value for label, value in medians.items() if label not in modes}
    if modes:
        best = min(modes, key=modes.get)
        columns = {'PyTorch': modes[best], **columns}
        case.mode = best.removeprefix('PyTorch ')
    case.processor, case.gflop = runners[0].processor, runners[0].gflop
    return ours, columns, difference


def print_table(cases, results, ncnn):
    labels = ['PyTorch', 'OpenCV', 'ONNX Runtime'] + (['ncnn'] if ncnn else [])
    ratios = []
    print('| network | GFLOP |', *[f'{label} |' for label in labels], 'Fovea | GFLOP/s | ratio | logits |')
    print('|' + ' --- |' * (len(labels) + 6))
    for case, result in zip(cases, results):
        if result is None:
            print(f'| {case.name} |' + ' |' * (len(labels) + 5))
            continue
        ours, columns, difference = result
        ratio = min(columns.values()) / ours if columns else math.nan
        ratios.append(ratio)
        cells = [f'{columns[label]:.2f}' if label in columns else '' for label in labels]
        if 'PyTorch' in columns:
            cells[0] += f' ({case.mode})'
        print(f'| {case.name} | {case.gflop:.2f} |', *[f'{cell} |' for cell in cells],
              f'{ours:.2f} | {case.gflop / ours * 1e3:.0f} | {ratio:.2f} | {difference:.0e} |')
    if ratios:
        print(f'\nGeometric mean of the ratios to the fastest peer: {statistics.geometric_mean(ratios):.2f}')


def make_zoo(options):
    missing = [name for name in options.networks if not (options.zoo / f'{name}.onnx').exists()]
    if missing:
        script = pathlib.Path(os.environ['FOVEA_PACK']) / 'zoo' / 'make-zoo.py'
        if not script.exists():
            sys.exit(f'{script}: does not exist; FOVEA_PACK says where the pack is, --zoo where its networks are')
        print('Making', ', '.join(missing), file=sys.stderr)
        subprocess.run([sys.executable, script, options.zoo, '--only', ','.join(missing)], check=True,
                       stdout=subprocess.DEVNULL)


def words(text):
    return text.split(',')


def numbers(text):
    return [int(word) for word in words(text)]


def main():
    parser = argparse.ArgumentParser(prog='peers', description='Times Fovea beside PyTorch, OpenCV and ONNX Runtime.')
    parser.add_argument('--networks', type=words, default=words(FEW), help=f'by default {FEW}')
    parser.add_argument('--all', action='store_const', dest='networks', const=words(ALL), help=f'the networks {ALL}')
    parser.add_argument('--threads', type=numbers, default=[1], help='such as 1,2; by default 1')
    parser.add_argument('--batch', type=numbers, default=[1], help='such as 1,4; by default 1')
    parser.add_argument('--rounds', type=int, default=5, help='by default 5')
    parser.add_argument('--seconds', type=float, default=0.3, help="each one's turn in a round; by default 0.3")
    parser.add_argument('--torch', type=words, default=words('eager,script,channels-last,mkldnn'),
                        help="PyTorch's modes, the best of which counts; by default all: "
                        'eager,script,channels-last,mkldnn')
    parser.add_argument('--zoo', type=pathlib.Path, default=pathlib.Path(os.environ['PEERS_BUILD']) / 'zoo',
                        help='where the networks are, or shall be made')
    parser.add_argument('--ncnn', help='a program that times ncnn: called with network, threads, batch and seconds, '
                        'it prints ms a picture, or fails')
    options = parser.parse_args()

    make_zoo(options)
    with tempfile.TemporaryDirectory() as folder:
        for threads in options.threads:
            for batch in options.batch:
                cases = [Case(options, name, threads, batch, pathlib.Path(folder)) for name in options.networks]
                results = [measure(options, case) for case in cases]
                processors = {case.processor for case, result in zip(cases, results) if result}
                print(f'\n{", ".join(processors)}; ms a picture, threads {threads}, batch {batch}, '
                      f'median of {options.rounds} rounds\n')
                print_table(cases, results, options.ncnn)
                sys.stdout.flush()
    sys.exit(check_logits.failed)


main()
